import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect } from 'vitest'
import type { ContractCase } from './contract-lab.ts'
import { isAlive } from './is-alive.ts'

const KILLED = { kind: 'exited', exit: { code: undefined, signal: 'SIGKILL', expected: true } }

/** Reset and stop: what they interrupt, what they keep, what they leave. */
export const endCases = [
  [
    'settles an invocation that never would, when it is reset, and serves the next',
    async (lab) => {
      const sandbox = await lab.started('ends.hangs')
      const answer = sandbox.invoke()
      await lab.whenUnderWay(sandbox)
      await sandbox.reset()
      expect((await answer).outcome).toEqual(KILLED)
      expect(sandbox.changes).toEqual(['reset'])
      await sandbox.ready()
      expect(sandbox.guard.state).toBe('ready')
    },
  ],
  [
    'settles an invocation that never would, when it is stopped',
    async (lab) => {
      const sandbox = await lab.started('ends.hangs')
      const answer = sandbox.invoke()
      await lab.whenUnderWay(sandbox)
      await sandbox.stop()
      expect((await answer).outcome).toEqual(KILLED)
      expect(sandbox.changes).toEqual(['stopped'])
    },
  ],
  [
    'ends an endless loop when it is reset, and again when it is stopped',
    async (lab) => {
      const sandbox = await lab.started('ends.loops')
      const first = sandbox.invoke()
      await lab.whenUnderWay(sandbox)
      await sandbox.reset()
      expect((await first).outcome).toEqual(KILLED)
      await sandbox.ready()
      const second = sandbox.invoke()
      await lab.whenUnderWay(sandbox)
      await sandbox.stop()
      expect((await second).outcome).toEqual(KILLED)
    },
    'code',
  ],
  [
    'keeps its id and its /tmp in a reset',
    async (lab) => {
      const sandbox = await lab.started('answers.reads')
      const writer = await lab.started('answers.writes')
      const tmp = await writer.ask({ text: 'kept' })
      expect(await sandbox.ask()).toMatchObject({ text: null })
      await writer.reset()
      expect(writer.guard.id).toBe(writer.id)
      expect(existsSync(String(tmp))).toBe(true)
      await writer.ready()
      expect(await writer.ask({ text: 'again' })).toBe(tmp)
    },
    'code',
  ],
  [
    'finds in its /tmp what an earlier runtime of the same sandbox has written',
    async (lab) => {
      const sandbox = await lab.started('notes.handler')
      expect(await sandbox.ask({ text: 'kept' })).toBeNull()
      await sandbox.reset()
      await sandbox.ready()
      expect(await sandbox.ask({})).toBe('kept')
    },
    'code',
  ],
  [
    'may be reset when it is idle, and more than once',
    async (lab) => {
      const sandbox = await lab.started('answers.echo')
      await sandbox.reset()
      await sandbox.reset()
      await sandbox.ready()
      expect((await sandbox.invoke()).outcome.kind).toBe('response')
      await sandbox.reset()
      await sandbox.ready()
      expect(sandbox.exits).toHaveLength(2)
    },
  ],
  [
    'leaves no process when it is stopped',
    async (lab) => {
      const sandbox = await lab.started('answers.echo')
      const { pid } = sandbox.guard
      expect(pid !== undefined && isAlive(pid)).toBe(true)
      await sandbox.stop()
      expect(isAlive(Number(pid))).toBe(false)
    },
    'code',
  ],
  [
    'leaves no directory when it is stopped, also after resets',
    async (lab) => {
      const sandbox = await lab.started('answers.writes')
      const tmp = String(await sandbox.ask({ text: 'x' }))
      await sandbox.reset()
      await sandbox.ready()
      await sandbox.ask({ text: 'y' })
      expect(existsSync(tmp)).toBe(true)
      await sandbox.stop()
      expect(existsSync(tmp)).toBe(false)
      expect(existsSync(dirname(tmp))).toBe(false)
    },
    'code',
  ],
  [
    'may be stopped twice',
    async (lab) => {
      const sandbox = await lab.started('answers.echo')
      await Promise.all([sandbox.stop(), sandbox.stop()])
      await sandbox.stop()
      expect(sandbox.changes).toEqual(['stopped'])
    },
  ],
  [
    'has a different /tmp than every other sandbox',
    async (lab) => {
      const [one, other] = [await lab.started('answers.writes'), await lab.started('answers.reads')]
      const tmp = await one.ask({ text: 'private' })
      const seen = (await other.ask()) as { tmp: string; text: string | null }
      expect(seen.text).toBeNull()
      expect(seen.tmp).not.toBe(tmp)
    },
    'code',
  ],
] as const satisfies readonly ContractCase[]
