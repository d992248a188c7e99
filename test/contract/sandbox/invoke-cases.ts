import { expect, vi } from 'vitest'
import type { ContractCase } from './contract-lab.ts'
import { jsonOf } from './sandbox-under-test.ts'

const MB = 1_048_576

/** What Lambda sets, what its users may set, and what the suite itself sets. */
const KNOWN_VARIABLE =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_\w+|_?LAMBDA_\w+|LANG|TZ|PATH|PWD|SHLVL|LD_LIBRARY_PATH|NODE_PATH|TMPDIR|CONTRACT_VARIABLE)$/

/** Invocations that come to an end by themselves. */
export const invokeCases = [
  [
    'answers an invocation, with stamps in order, and stays ready',
    async (lab) => {
      const sandbox = await lab.started('answers.echo')
      const { outcome } = await sandbox.invoke({ a: 1 })
      expect(outcome.kind).toBe('response')
      if (outcome.kind !== 'response') return
      expect(outcome.stamps.receivedUs).toBeLessThanOrEqual(outcome.stamps.finishedUs)
      expect(sandbox.guard.state).toBe('ready')
      expect(sandbox.exits).toEqual([])
      expect((await sandbox.invoke()).outcome.kind).toBe('response')
    },
  ],
  [
    'answers with what the handler returns',
    async (lab) => {
      const sandbox = await lab.started('answers.echo')
      expect(await sandbox.ask({ text: 'é😀', list: [1, null] })).toEqual({
        text: 'é😀',
        list: [1, null],
      })
    },
    'code',
  ],
  [
    'tells an error of the handler and stays ready',
    async (lab) => {
      const sandbox = await lab.started('ends.fails')
      const { outcome } = await sandbox.invoke()
      expect(outcome).toMatchObject({ kind: 'error', fatal: false })
      if (outcome.kind !== 'error') return
      expect(jsonOf(outcome.payload)).toMatchObject({ errorType: outcome.errorType })
      expect(sandbox.guard.state).toBe('ready')
      expect((await sandbox.invoke()).outcome.kind).toBe('error')
    },
  ],
  [
    'tells an error after which the runtime ends, and starts again once it was reset',
    async (lab) => {
      const sandbox = await lab.started('ends.failsFatally')
      expect((await sandbox.invoke()).outcome).toMatchObject({ kind: 'error', fatal: true })
      await lab.eventually(() => sandbox.exits.length === 1)
      await sandbox.reset()
      await sandbox.ready()
      expect((await sandbox.invoke()).outcome).toMatchObject({ kind: 'error', fatal: true })
    },
  ],
  [
    'counts the invocations that its runtime was handed, and begins anew with a new one',
    async (lab) => {
      const counts: (number | undefined)[] = []
      const sandbox = await lab.started('ends.fails')
      const note = async (): Promise<void> => {
        const { outcome } = await sandbox.invoke()
        counts.push(outcome.kind === 'exited' ? undefined : outcome.served)
      }
      await note()
      await note()
      await sandbox.guard.freeze()
      await sandbox.guard.thaw()
      await note()
      await sandbox.reset()
      await sandbox.ready()
      await note()
      expect(counts).toEqual([1, 2, 3, 1])
    },
  ],
  [
    'tells a runtime that ends while it is invoked by its exit',
    async (lab) => {
      const sandbox = await lab.started('ends.exits')
      const { outcome } = await sandbox.invoke({ code: 1 })
      const exit = { code: 1, signal: undefined, expected: false }
      expect(outcome).toEqual({ kind: 'exited', exit })
      expect(sandbox.exits).toEqual([exit])
      await sandbox.reset()
      await sandbox.ready()
    },
  ],
  [
    'tells the exit code of process.exit',
    async (lab) => {
      for (const code of [0, 3, 127]) {
        const sandbox = await lab.started('ends.exits')
        const { outcome } = await sandbox.invoke({ code })
        expect(outcome).toMatchObject({ kind: 'exited', exit: { code, expected: false } })
      }
    },
    'code',
  ],
  [
    'tells the signal of a runtime that kills itself',
    async (lab) => {
      const sandbox = await lab.started('ends.killsItself')
      const exit = { code: undefined, signal: 'SIGKILL', expected: false }
      expect((await sandbox.invoke()).outcome).toEqual({ kind: 'exited', exit })
    },
    'code',
  ],
  [
    'answers, and then tells the exit, of a runtime that does both at once',
    async (lab) => {
      const sandbox = await lab.started('ends.answersAndExits')
      expect(await sandbox.ask()).toBe('last words')
      await lab.eventually(() => sandbox.exits.length === 1)
      expect(['dead', 'resetting']).toContain(sandbox.guard.state)
      const exit = { code: 5, signal: undefined, expected: false }
      expect((await sandbox.invoke()).outcome).toEqual({ kind: 'exited', exit })
    },
    'code',
  ],
  [
    'keeps the state of its modules between invocations, and loses it in a reset',
    async (lab) => {
      const sandbox = await lab.started('answers.counts')
      expect([await sandbox.ask(), await sandbox.ask(), await sandbox.ask()]).toEqual([1, 2, 3])
      await sandbox.reset()
      await sandbox.ready()
      expect(await sandbox.ask()).toBe(1)
    },
    'code',
  ],
  [
    'takes an event of 6 MB and gives an answer of 6 MB',
    async (lab) => {
      const sandbox = await lab.started('answers.echo')
      const text = 'x'.repeat(6 * MB - 2)
      expect((await sandbox.ask(text)) === text).toBe(true)
      // It was not the last one of its kind.
      expect((await sandbox.ask(text)) === text).toBe(true)
    },
    'code',
  ],
  [
    'tells the lines of a handler in their order, each with its request id',
    async (lab) => {
      const sandbox = await lab.started('answers.prints')
      const { requestId } = await sandbox.invoke()
      const words = sandbox.logs.map(({ text }) => text.split('\t').at(-1))
      const last = 'sixth, without its line feed'
      expect(words).toEqual(['first', 'second', 'third', 'fourth', 'fifth', last])
      expect(new Set(sandbox.logs.map((line) => line.requestId))).toEqual(new Set([requestId]))
      const second = await sandbox.invoke()
      expect(new Set(sandbox.logs.slice(6).map((line) => line.requestId))).toEqual(
        new Set([second.requestId]),
      )
    },
    'code',
  ],
  [
    'ties what is printed outside an invocation to none',
    async (lab) => {
      const loading = await lab.started('prints-at-import.handler')
      const { requestId } = await loading.invoke()
      expect(loading.logs.map((line) => line.requestId)).toEqual([undefined, requestId])
      const later = await lab.started('answers.printsLater')
      await later.invoke()
      await lab.eventually(() => later.logs.length === 2)
      expect(later.logs[0]?.requestId).toBeDefined()
      expect(later.logs[1]?.requestId).toBeUndefined()
    },
    'code',
  ],
  [
    'builds the environment of a handler from nothing',
    async (lab) => {
      vi.stubEnv('CONTRACT_SECRET', 'secret')
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
      vi.stubEnv('NODE_OPTIONS', '--no-warnings')
      vi.stubEnv('NODE_EXTRA_CA_CERTS', '/nowhere')
      const sandbox = await lab.started('answers.environment')
      vi.unstubAllEnvs()
      const variables = (await sandbox.ask()) as Record<string, string>
      expect(Object.keys(variables).filter((name) => !KNOWN_VARIABLE.test(name))).toEqual([])
      expect(Object.values(variables)).not.toContain('secret')
      expect(variables.CONTRACT_VARIABLE).toBe('set')
    },
    'code',
  ],
  [
    'never tells of less memory than before',
    async (lab) => {
      const sandbox = await lab.started('answers.allocates')
      const peaks = [sandbox.guard.peakMemoryBytes()]
      for (const megabytes of [32, 1, 1]) {
        await sandbox.ask({ megabytes })
        peaks.push(sandbox.guard.peakMemoryBytes())
      }
      await sandbox.reset()
      peaks.push(sandbox.guard.peakMemoryBytes())
      await sandbox.ready()
      peaks.push(sandbox.guard.peakMemoryBytes())
      const known = peaks.filter((peak) => peak !== undefined)
      expect(known.length).toBeGreaterThanOrEqual(5)
      expect(known).toEqual(known.toSorted((a, b) => a - b))
      expect(known.at(-1)).toBeGreaterThan(32 * MB)
    },
    'code',
  ],
] as const satisfies readonly ContractCase[]
