import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { descendantsOf } from '../../../runtime/host/process-tree.ts'
import {
  answerOf,
  errorOf,
  isRunning,
  KINDS,
  processesOf,
  useEmulators,
  whenPrinted,
} from './use-emulator.ts'

const start = useEmulators()

describe.each(KINDS)('what a function does in a %s', (isolation) => {
  it('is a cold start first and then warm, in one sandbox that keeps its state', async () => {
    const { run } = await start([{ isolation }])
    const results = [await run('probe'), await run('probe'), await run('probe')]
    expect(results.map(({ coldStart, startReason }) => ({ coldStart, startReason }))).toEqual([
      { coldStart: true, startReason: 'no sandbox' },
      { coldStart: false, startReason: 'reused' },
      { coldStart: false, startReason: 'reused' },
    ])
    expect(results.map((result) => answerOf(result).calls)).toEqual([1, 2, 3])
    expect(new Set(results.map(({ sandboxId }) => sandboxId)).size).toBe(1)
    expect(results.map(({ report }) => report.initDurationMs !== undefined)).toEqual([
      true,
      false,
      false,
    ])
  })

  it('ends with the timeout in an endless loop; the next call has a new runtime and the old /tmp', async () => {
    const { emulator, run } = await start([{ isolation, timeoutMs: 1_000 }])
    const served: (number | undefined)[] = []
    emulator.onEvent((event) => {
      if (event.type === 'platform.runtimeDone') served.push(event.served)
    })
    const first = answerOf(await run('probe', { write: 'kept' }))
    const late = await run('probe', { loop: true })
    expect(late).toMatchObject({ outcome: 'timeout', functionError: 'Unhandled', coldStart: false })
    expect(errorOf(late)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${late.requestId} Error: Task timed out after 1.00 seconds`,
    })
    expect(late.report).toMatchObject({
      status: 'timeout',
      durationMs: 1_000,
      billedDurationMs: 1_000,
    })
    expect(late.logs.at(-1)).toMatch(/\tStatus: timeout$/)
    const next = await run('probe')
    expect(next).toMatchObject({ coldStart: true, startReason: 'reset after timeout' })
    expect(next.sandboxId).toBe(late.sandboxId)
    expect(next.report.initDurationMs).toBeUndefined()
    expect(answerOf(next)).toMatchObject({ calls: 1, note: 'kept' })
    expect(answerOf(next)).not.toMatchObject({ pid: first.pid, threadId: first.threadId })
    // By the runtimes' own count: the one that was killed gave none, and the new one begins anew.
    expect(served).toEqual([1, undefined, 1])
  })

  it('ends when the time is up though it only waits, and is told how much is left before', async () => {
    const { run } = await start([{ isolation, timeoutMs: 1_000 }])
    const { remainingMs } = answerOf(await run('probe'))
    expect(remainingMs).toBeGreaterThan(0)
    expect(remainingMs).toBeLessThanOrEqual(1_000)
    expect((await run('probe', { sleep: 60_000 })).outcome).toBe('timeout')
    expect((await run('probe')).outcome).toBe('success')
  })

  it.each([
    [1, 'Runtime exited with error: exit status 1'],
    [0, 'Runtime exited without providing a reason'],
    [77, 'Runtime exited with error: exit status 77'],
  ])('is a crash when it exits with %i', async (code, text) => {
    const { run } = await start([{ isolation }])
    const crashed = await run('probe', { exit: code })
    expect(crashed).toMatchObject({ outcome: 'crash', functionError: 'Unhandled' })
    expect(errorOf(crashed)).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${crashed.requestId} Error: ${text}`,
    })
    expect(crashed.logs.at(-1)).toMatch(/\tStatus: error\tError Type: Runtime\.ExitError$/)
    const next = await run('probe')
    expect(next).toMatchObject({
      coldStart: true,
      startReason: 'reset after crash',
      sandboxId: crashed.sandboxId,
    })
    expect(answerOf(next).calls).toBe(1)
  })

  it('is its own error when it throws, and the sandbox lives on', async () => {
    const { run } = await start([{ isolation }])
    const failed = await run('probe', { throw: 'no such luck' })
    expect(failed).toMatchObject({ outcome: 'error', errorType: 'TypeError' })
    expect(errorOf(failed)).toMatchObject({ errorMessage: 'no such luck' })
    expect(failed.report.errorType).toBeUndefined()
    const next = await run('probe')
    expect(next.coldStart).toBe(false)
    expect(answerOf(next).calls).toBe(2)
  })

  it('is an error that ends the runtime when nobody catches a rejection', async () => {
    const { run } = await start([{ isolation }])
    const failed = await run('probe', { reject: 'forgotten' })
    expect(errorOf(failed)).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'Error: forgotten',
    })
    expect(await run('probe')).toMatchObject({ coldStart: true, startReason: 'reset after crash' })
  })

  it('is an error when the promise that it returns never settles', async () => {
    const { run } = await start([{ isolation }])
    expect(errorOf(await run('probe', { never: true })).errorType).toBe('Runtime.NodeJsExit')
    expect(answerOf(await run('probe')).calls).toBe(2)
  })

  it('runs its module twice, and answers with the error, when that throws at import', async () => {
    const { run } = await start([{ isolation, handler: 'broken.handler' }])
    const failed = await run('probe')
    expect(failed).toMatchObject({
      outcome: 'error',
      errorType: 'RangeError',
      coldStart: true,
      startReason: 'init retried',
    })
    expect(errorOf(failed)).toMatchObject({ errorMessage: 'broken at import' })
    const { requestId, logs } = failed
    const kinds = logs.map((line) => line.replace(/^.*\t(load \d|Uncaught).*$/s, '$1'))
    expect(kinds.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'INIT_START Runtime',
      'load 1',
      'Uncaught',
      'INIT_REPORT Init',
      'INIT_START Runtime',
      'load 2',
      'Uncaught',
      'INIT_REPORT Init',
      'START RequestId:',
      'END RequestId:',
      'REPORT RequestId:',
    ])
    expect(logs[3]).toMatch(/\tPhase: init\tStatus: error\tError Type: Runtime\.Unknown$/)
    expect(logs[7]).toMatch(/\tPhase: invoke\tStatus: error\tError Type: Runtime\.Unknown$/)
    expect(logs.at(-1)).toContain(`REPORT RequestId: ${requestId}\t`)
    expect(logs.at(-1)).not.toContain('Init Duration')
    expect(failed.report.durationMs).toBeGreaterThan(0)
  })

  it('leaves no process running that it had started, whichever way it ends', async () => {
    const under = await start([{ isolation, timeoutMs: 5_000 }])
    // Those of a thread are children of this process.
    const spawned = () =>
      isolation === 'process'
        ? processesOf(under)
        : descendantsOf(process.pid).filter((pid) => commandOf(pid).includes('SIGTERM'))
    const count = isolation === 'process' ? 3 : 2
    for (const end of [{ loop: true }, { exit: 1 }]) {
      const printed = whenPrinted(under, 'spawned')
      const ending = under.run('probe', { spawn: true, print: 'spawned', sleep: 300, ...end })
      await printed
      const pids = spawned()
      expect(pids).toHaveLength(count)
      await ending
      expect(pids.filter(isRunning)).toEqual([])
    }
    await under.run('probe', { spawn: true })
    const pids = spawned()
    expect(pids.filter(isRunning)).toHaveLength(count)
    await under.emulator.evict()
    expect(pids.filter(isRunning)).toEqual([])
  })

  it('keeps the log of each invocation apart, in the order in which it was printed', async () => {
    const { run } = await start([{ isolation }])
    const results = await Promise.all(
      ['one', 'two', 'three'].map((text) => run('probe', { print: text })),
    )
    for (const [index, text] of ['one', 'two', 'three'].entries()) {
      const { logs = [], requestId } = results[index] ?? {}
      expect(logs.filter((line) => line.includes('\tINFO\t'))).toEqual([
        expect.stringMatching(new RegExp(`^[^\t]+Z\t${requestId}\tINFO\t${text}$`)),
      ])
    }
  })
})

describe('what a function does in a process', () => {
  it('is a crash named by the signal when that ends it', async () => {
    const { run } = await start([{}])
    for (const [signal, text] of [
      ['SIGKILL', 'killed'],
      ['SIGSEGV', 'segmentation fault'],
      ['SIGABRT', 'aborted'],
    ]) {
      const crashed = await run('probe', { kill: signal, sleep: 10_000 })
      expect(errorOf(crashed).errorMessage).toBe(
        `RequestId: ${crashed.requestId} Error: Runtime exited with error: signal: ${text}`,
      )
    }
  })

  it('uses memory, of which the peak is told, buffers included, and never falls', async () => {
    const { run } = await start([{ memorySizeMb: 512 }])
    const before = await run('probe')
    const during = await run('probe', { hold: 100 })
    const after = await run('probe', { hold: 1 })
    const [low = 0, high = 0, still = 0] = [before, during, after].map(
      ({ report }) => report.maxMemoryUsedMb,
    )
    expect(low).toBeGreaterThan(0)
    expect(high).toBeGreaterThanOrEqual(low + 90)
    expect(still).toBeGreaterThanOrEqual(high)
  })
})

const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8')
