import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, it } from 'vitest'
import { createEmulator } from '../../../runtime/emulator.ts'
import { descendantsOf } from '../../../runtime/host/process-tree.ts'
import { skipUnless } from '../../support/skip-unless.ts'
import { start as startSandlot } from '../cli/run-sandlot.ts'
import { HANDLERS, isRunning } from './use-emulator.ts'

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
async function serveAndLoad() {
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

const controllersIn = (stateDir: string): string[] => readdirSync(join(stateDir, 'controllers'))

function watchdogOf(folder: string): number {
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

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).on('error', () => resolve(false))
  })

describe('a controller that is killed by SIGKILL', () => {
  skipUnless(process.platform === 'linux', 'needs /proc, to find what has left its process group')

  it('leaves no process, no directory and no port', async () => {
    const { server, stateDir, pids, port } = await serveAndLoad()
    server.kill('SIGKILL')
    await server
    await expect.poll(() => pids.filter(isRunning), { timeout: 20_000 }).toEqual([])
    await expect.poll(() => controllersIn(stateDir), { timeout: 20_000 }).toEqual([])
    expect(await isOpen(port)).toBe(false)
  })

  it('together with its watchdog leaves what the next start finds and removes', async () => {
    const { server, folder, stateDir, pids } = await serveAndLoad()
    process.kill(watchdogOf(folder), 'SIGKILL')
    server.kill('SIGKILL')
    await server
    const next = await createEmulator({ stateDir })
    expect(next.reaped.controllers).toBe(1)
    await expect.poll(() => pids.filter(isRunning), { timeout: 20_000 }).toEqual([])
    expect(controllersIn(stateDir)).toHaveLength(1)
    await next.close()
    expect(controllersIn(stateDir)).toEqual([])
  })
})
