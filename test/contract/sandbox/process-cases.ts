import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { ContractCase, ContractLab } from './contract-lab.ts'
import { isAlive } from './is-alive.ts'

const CHILDREN = [
  ['a child', { script: 'plain', detached: false }],
  ['a child that ignores SIGTERM', { script: 'stubborn', detached: false }],
  ['a child in a process group of its own', { script: 'plain', detached: true }],
  ['a grandchild that was handed over to another parent', { script: 'daemon', detached: false }],
  ['a daemon with a session of its own', { script: 'daemon', detached: true }],
] as const

/** What a handler starts, and what it must not be given. */
export const processCases: readonly ContractCase[] = [
  ...CHILDREN.flatMap(([what, event]): ContractCase[] => [
    [`ends ${what} in a reset`, (lab) => endsChild(lab, event, 'reset'), 'code'],
    [`ends ${what} in a stop`, (lab) => endsChild(lab, event, 'stop'), 'code'],
    [`ends ${what} in a stop while frozen`, (lab) => endsChild(lab, event, 'stop', true), 'code'],
  ]),
  [
    'is not kept from its end by a process that has its output',
    async (lab) => {
      const sandbox = await lab.started('leaves.childWithOutput')
      const pid = Number(await sandbox.ask())
      expect(isAlive(pid)).toBe(true)
      await sandbox.stop()
      await lab.eventually(() => !isAlive(pid))
    },
    'code',
  ],
  [
    'gives a handler none of the descriptors that the controller has opened',
    async (lab) => {
      const inherited = new Set(openFilesOf(process.pid))
      const path = fileURLToPath(import.meta.url)
      const descriptor = openSync(path, 'r')
      const other = await lab.started('answers.echo')
      const sandbox = await lab.started('leaves.descriptors')
      const ours = openFilesOf(process.pid)
      const siblings = openFilesOf(Number(other.guard.pid))
      const theirs = (await sandbox.ask()) as string[]
      closeSync(descriptor)
      expect(ours).toContain(path)
      const secret = [...ours, ...siblings].filter((target) => !inherited.has(target))
      const shared = theirs.filter((target) => isNamed(target) && secret.includes(target))
      expect(shared).toEqual([])
    },
    'code',
  ],
]

async function endsChild(
  lab: ContractLab,
  event: object,
  act: 'reset' | 'stop',
  isFrozen = false,
): Promise<void> {
  const sandbox = await lab.started('leaves.child')
  const pid = Number(await sandbox.ask(event))
  expect(isAlive(pid)).toBe(true)
  if (isFrozen) await sandbox.guard.freeze()
  await sandbox[act]()
  // It was killed, which takes effect a moment after the signal was sent.
  await lab.eventually(() => !isAlive(pid))
}

function openFilesOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${descriptor}`)]
    } catch {
      return []
    }
  })
}

/** All others, such as `/dev/null` and the event loop's own, say nothing of who opened them. */
const isNamed = (target: string): boolean =>
  !target.startsWith('/dev/') && !target.startsWith('/proc/') && !target.startsWith('anon_inode:')
