import { describe, expect, it } from 'vitest'
import { endingOf, reportOf, startReasonOf } from '../../../runtime/invoke/invoke-result.ts'
import type { InvocationRun } from '../../../runtime/scheduler/invocation-run.ts'
import { logLine } from '../../../runtime/telemetry/log-lines.ts'
import {
  answer,
  CRASH,
  exited,
  failure,
  finish,
  init,
  initError,
  KILLED,
  newRun,
  ready,
  requestId,
  response,
} from './runs.ts'

const report = (run: InvocationRun) => reportOf(run, endingOf(run))

/** What the caller gets: how it ended, the error type, the payload as it is written. */
function told(run: InvocationRun): unknown[] {
  const { outcome, errorType, payload } = endingOf(run)
  return [outcome, errorType, new TextDecoder().decode(payload)]
}

/** What REPORT says after its figures. */
function statusIn(run: InvocationRun): string | undefined {
  const common = { functionName: 'f', sandboxId: 's' as never, atMs: 0, requestId }
  const line = logLine({ type: 'platform.report', ...common, report: report(run) })
  return line?.replace(/^.*Max Memory Used: 37 MB\t/, '').replace(/Init Duration: [^\t]*\t/, '')
}

const cold = (): InvocationRun => {
  const run = newRun('no sandbox')
  init(run, 'init', 2, 142)
  return run
}

describe('a cold start', () => {
  it('reports init from the process to the loaded handler, and bills both, rounded up once', () => {
    const run = answer(cold(), 142.2, response(142.5, 160.4), 160.6)
    expect(report(run)).toEqual({
      status: 'success',
      errorType: undefined,
      // From dispatch to the handler's result, not to when the controller saw it.
      durationMs: 18.2,
      // 130 ms of init (the process was there at 12 ms) and 18.2 ms.
      billedDurationMs: 149,
      initDurationMs: 130,
      memorySizeMb: 128,
      maxMemoryUsedMb: 37,
    })
    expect(startReasonOf(run)).toBe('no sandbox')
    expect(told(run)).toEqual(['success', undefined, '{"ok":true}'])
    expect(statusIn(run)).toBe('')
  })
})

describe('a warm start', () => {
  it('reports no init and bills its duration', () => {
    const run = answer(newRun('reused'), 1, response(1.1, 4.01), 4.2)
    expect(report(run)).toMatchObject({ durationMs: 3.01, billedDurationMs: 4 })
    expect(report(run).initDurationMs).toBeUndefined()
    expect(startReasonOf(run)).toBe('reused')
  })

  it('of no length is billed nothing, and none is negative', () => {
    expect(report(answer(newRun('reused'), 1, response(1, 1), 1))).toMatchObject({
      durationMs: 0,
      billedDurationMs: 0,
    })
    expect(report(answer(newRun('reused'), 5, response(1, 4), 6)).durationMs).toBe(0)
  })

  it('leaves out a peak of memory that nobody could measure', () => {
    const run = answer(newRun('reused'), 1, response(1, 2), 2)
    run.peakMemoryBytes = undefined
    expect(report(run).maxMemoryUsedMb).toBeUndefined()
  })
})

describe("an error of the handler's", () => {
  it('is the answer as it was posted, and no matter of the platform', () => {
    const run = answer(newRun('reused'), 1, failure(5, false), 5)
    expect(told(run)).toEqual([
      'error',
      'OrderError',
      '{"errorType":"OrderError","errorMessage":"no","trace":[]}',
    ])
    expect(report(run)).toMatchObject({ status: 'error', errorType: undefined, durationMs: 4 })
    expect(statusIn(run)).toBe('')
  })

  it('that ends the runtime is answered in the same way, and recorded as an exit', () => {
    const run = answer(newRun('reused'), 1, failure(5, true), 5)
    expect(told(run)[1]).toBe('OrderError')
    expect(statusIn(run)).toBe('Status: error\tError Type: Runtime.ExitError')
  })
})

describe('a timeout', () => {
  it('reports the limit itself, though the runtime was gone a moment later', () => {
    const run = answer(cold(), 142, { kind: 'exited', exit: KILLED }, 3_149, 'timeout')
    expect(report(run)).toMatchObject({
      status: 'timeout',
      durationMs: 3_000,
      billedDurationMs: 3_130,
      initDurationMs: 130,
    })
    expect(told(run)).toEqual([
      'timeout',
      'Sandbox.Timedout',
      `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ${requestId} Error: Task timed out after 3.00 seconds"}`,
    ])
    expect(statusIn(run)).toBe('Status: timeout')
  })

  it('is one also where the answer came while the runtime was being ended', () => {
    const run = answer(newRun('reused'), 1, response(1, 3_000.5), 3_001, 'timeout')
    expect(told(run)[0]).toBe('timeout')
    expect(report(run).durationMs).toBe(2_999.5)
  })

  it('of an init inside the invocation covers that init, and nothing before', () => {
    const run = newRun('no sandbox')
    init(run, 'init', 2, 10_002, exited(KILLED, 2))
    init(run, 'invoke', 10_010, 13_020, exited(KILLED, 10_010))
    finish(run, 'timeout')
    expect(report(run)).toMatchObject({ durationMs: 3_000, billedDurationMs: 3_000 })
    expect(report(run).initDurationMs).toBeUndefined()
    expect(startReasonOf(run)).toBe('init retried')
  })

  it('of an init that was ready at that very moment has its figures too', () => {
    const run = newRun('reset after crash')
    init(run, 'invoke', 0, 3_005, ready(0, 2_999))
    expect(report(finish(run, 'timeout'))).toMatchObject({ status: 'timeout', durationMs: 2_999 })
  })
})

describe('a crash', () => {
  it.each([
    [CRASH, 'exit status 3'],
    [{ code: undefined, signal: 'SIGSEGV', expected: false }, 'signal: segmentation fault'],
  ])('is told in the words of the platform: %o', (exit, text) => {
    const run = answer(newRun('reused'), 1, { kind: 'exited', exit }, 21, 'crash')
    expect(told(run)).toEqual([
      'crash',
      'Runtime.ExitError',
      `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ${requestId} Error: Runtime exited with error: ${text}"}`,
    ])
    expect(report(run)).toMatchObject({ status: 'error', durationMs: 20, billedDurationMs: 20 })
    expect(statusIn(run)).toBe('Status: error\tError Type: Runtime.ExitError')
  })
})

describe('an init that failed', () => {
  const twice = (second: Parameters<typeof init>[4]): InvocationRun => {
    const run = newRun('no sandbox')
    init(run, 'init', 2, 100, initError(2, 100, 'First'))
    init(run, 'invoke', 110, 200, second)
    return run
  }

  it('twice answers with the second error, whose time is the duration', () => {
    const run = finish(twice(initError(110, 200, 'Second')), 'init failed')
    expect(told(run)).toEqual([
      'error',
      'Second',
      '{"errorType":"Second","errorMessage":"at import","trace":[]}',
    ])
    expect(report(run)).toMatchObject({ durationMs: 90, billedDurationMs: 90 })
    expect(report(run).initDurationMs).toBeUndefined()
    expect(statusIn(run)).toBe('Status: error\tError Type: Runtime.Unknown')
    expect(startReasonOf(run)).toBe('init retried')
  })

  it('keeps a type of the runtime in the record', () => {
    const run = finish(twice(initError(110, 200, 'Runtime.ImportModuleError')), 'init failed')
    expect(report(run).errorType).toBe('Runtime.ImportModuleError')
  })

  it('and crashed the second time answers as a crash does', () => {
    const run = finish(twice(exited(CRASH, 110)), 'init failed')
    expect(told(run).slice(0, 2)).toEqual(['crash', 'Runtime.ExitError'])
    expect(report(run).durationMs).toBe(90)
  })

  it('once is part of the duration when the second one succeeds, and no init of its own', () => {
    const run = answer(twice(ready(110, 200)), 201, response(202, 260.5), 261)
    expect(report(run)).toMatchObject({
      status: 'success',
      durationMs: 150.5,
      billedDurationMs: 151,
      initDurationMs: undefined,
    })
  })
})

describe('a start after a reset', () => {
  it('has its init inside the duration', () => {
    const run = newRun('reset after timeout')
    init(run, 'invoke', 1, 101)
    answer(run, 101.5, response(102, 111), 112)
    expect(report(run)).toMatchObject({ durationMs: 110, billedDurationMs: 110 })
    expect(report(run).initDurationMs).toBeUndefined()
    expect(startReasonOf(run)).toBe('reset after timeout')
  })
})
