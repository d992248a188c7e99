import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect } from 'vitest'
import { descendantsOf } from '../../../runtime/host/process-tree.ts'
import { start as startSandlot } from '../cli/run-sandlot.ts'
import { HANDLERS } from './use-emulator.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const TEMPLATE = `
Resources:
  busy: &probe
    Type: AWS::Serverless::Function
    Properties: { Handler: probe.handler, CodeUri: ${HANDLERS}, Timeout: 60 }
  frozen: *probe
`

/** A server of its own, with one sandbox in an endless loop and one that is frozen, children in both. */
export async function serveAndLoad() {
  const folder = mkdtempSync(join(tmpdir(), 'sandlot-killed-'))
  folders.push(folder)
  const template = join(folder, 'template.yaml')
  writeFileSync(template, TEMPLATE)
  const server = startSandlot(['serve', template, '--port', '0', '--json'], {
    env: { TMPDIR: folder },
  })
  const url = await urlOf(server.stdout as NodeJS.ReadableStream)
  const post = (name: string, event: object) =>
    fetch(`${url}/lambda/${name}`, { method: 'POST', body: JSON.stringify(event) })
  await post('frozen', { spawn: true, tick: 1 })
  void post('busy', { spawn: true, print: 'looping', loop: true }).catch(() => {})
  const sandboxes = async () => {
    const answer = await fetch(`${url}/_sandlot/sandboxes`)
    return ((await answer.json()) as { sandboxes: { pid: number; state: string }[] }).sandboxes
  }
  const states = async () => (await sandboxes()).map(({ state }) => state).sort()
  await expect.poll(states, { timeout: 20_000 }).toEqual(['frozen', 'invoking'])
  const processes = async () =>
    (await sandboxes()).flatMap(({ pid }) => [pid, ...descendantsOf(pid)])
  await expect.poll(processes, { timeout: 20_000 }).toHaveLength(6)
  const pids = await processes()
  const stateDir = join(folder, `sandlot-${userInfo().uid}`)
  return { server, folder, stateDir, pids, port: Number(new URL(url).port) }
}

async function urlOf(stdout: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stdout })) {
    const { url } = JSON.parse(line) as { url?: string }
    if (url !== undefined) return url
  }
  throw new Error('the server ended before it served')
}

export const controllersIn = (stateDir: string): string[] =>
  readdirSync(join(stateDir, 'controllers'))

export function watchdogOf(folder: string): number {
  const pid = readdirSync('/proc').find((name) => {
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8')
      return command.includes('sandlot-watchdog') && command.includes(folder)
    } catch {
      return false
    }
  })
  return Number(pid)
}

export const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).on('error', () => resolve(false))
  })
