import { expect } from 'vitest'
import type { ContractCase } from './contract-lab.ts'
import { jsonOf } from './sandbox-under-test.ts'

const KILLED = { code: undefined, signal: 'SIGKILL', expected: true }

/** Start: how it succeeds, how it fails, how it is interrupted. */
export const startCases = [
  [
    'is ready after a start, with stamps in order',
    async (lab) => {
      const sandbox = await lab.make('answers.echo')
      expect(sandbox.guard.pid).toBeUndefined()
      const outcome = await sandbox.start()
      expect(outcome.kind).toBe('ready')
      const { beginUs, spawnedUs, bootedUs, initialisedUs } = outcome.stamps
      const stamps = [beginUs, spawnedUs, bootedUs, initialisedUs]
      expect(stamps.map(Number.isInteger)).toEqual([true, true, true, true])
      expect(stamps).toEqual(stamps.toSorted((a, b) => Number(a) - Number(b)))
      expect(outcome.kind === 'ready' && outcome.nodeVersion).toMatch(/^v\d+\.\d+\.\d+/)
      expect(sandbox.exits).toEqual([])
    },
  ],
  [
    'tells an error at import as the function has made it',
    async (lab) => {
      const sandbox = await lab.make('throws-at-import.handler')
      const outcome = await sandbox.start()
      expect(outcome.kind).toBe('error')
      if (outcome.kind !== 'error') return
      const { errorType, errorMessage } = jsonOf(outcome.payload) as Record<string, unknown>
      expect(errorType).toBe(outcome.errorType)
      expect(typeof errorMessage).toBe('string')
      expect(outcome.stamps.initialisedUs).toBeDefined()
      await lab.eventually(() => sandbox.exits.length === 1)
    },
  ],
  [
    'gives the text and type of what was thrown at import, and what was printed before',
    async (lab) => {
      const sandbox = await lab.make('throws-at-import.handler')
      const outcome = await sandbox.start()
      expect(outcome).toMatchObject({ kind: 'error', errorType: 'RangeError' })
      if (outcome.kind !== 'error') return
      expect(jsonOf(outcome.payload)).toMatchObject({ errorMessage: 'at import' })
      expect(sandbox.logs[0]).toMatchObject({ requestId: undefined })
      expect(sandbox.logs[0]?.text).toContain('about to fail')
    },
    'code',
  ],
  [
    'starts again after an error at import, once it was reset',
    async (lab) => {
      const sandbox = await lab.make('throws-at-import.handler')
      expect((await sandbox.start()).kind).toBe('error')
      await sandbox.reset()
      expect((await sandbox.start()).kind).toBe('error')
    },
  ],
  [
    'tells a runtime that ends at import by its exit',
    async (lab) => {
      const sandbox = await lab.make('exits-at-import.handler')
      const outcome = await sandbox.start()
      expect(outcome.kind).toBe('exited')
      if (outcome.kind !== 'exited') return
      expect(outcome.exit).toMatchObject({ signal: undefined, expected: false })
      expect(sandbox.exits).toEqual([outcome.exit])
      expect(outcome.stamps.initialisedUs).toBeUndefined()
    },
  ],
  [
    'tells the exit code of a runtime that ends at import',
    async (lab) => {
      const sandbox = await lab.make('exits-at-import.handler')
      expect(await sandbox.start()).toMatchObject({ kind: 'exited', exit: { code: 4 } })
    },
    'code',
  ],
  [
    'settles a start that is reset while it runs, and starts again',
    async (lab) => {
      const sandbox = await lab.make('hangs-at-import.handler')
      const start = sandbox.start()
      await lab.whenUnderWay(sandbox)
      await sandbox.reset()
      expect(await start).toMatchObject({ kind: 'exited', exit: KILLED })
      const again = sandbox.start()
      await lab.whenUnderWay(sandbox)
      await sandbox.reset()
      expect(await again).toMatchObject({ kind: 'exited', exit: KILLED })
    },
  ],
  [
    'settles a start that is stopped while it runs',
    async (lab) => {
      const sandbox = await lab.make('hangs-at-import.handler')
      const start = sandbox.start()
      await lab.whenUnderWay(sandbox)
      await sandbox.stop()
      expect(await start).toMatchObject({ kind: 'exited', exit: KILLED })
    },
  ],
  [
    'settles a start that is stopped as soon as it was begun',
    async (lab) => {
      const sandbox = await lab.make('answers.echo')
      const start = sandbox.start()
      // The guard has passed it on then, and no more.
      await Promise.resolve()
      await sandbox.stop()
      expect(await start).toMatchObject({ kind: 'exited', exit: { expected: true } })
    },
  ],
  [
    'starts nothing that was stopped before it began',
    async (lab) => {
      const sandbox = await lab.make('answers.echo')
      const start = sandbox.guard.start()
      const stop = sandbox.guard.stop()
      await expect(start).rejects.toThrow('it was stopped')
      await stop
      expect(sandbox.exits).toEqual([])
    },
  ],
  [
    'can be stopped though it was never started',
    async (lab) => {
      const sandbox = await lab.make('answers.echo')
      await sandbox.stop()
      expect(sandbox.changes).toEqual(['stopped'])
    },
  ],
] as const satisfies readonly ContractCase[]
