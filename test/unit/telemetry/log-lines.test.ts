import { describe, expect, it } from 'vitest'
import type { RequestId, SandboxId } from '../../../runtime/kernel/ids.ts'
import { billedDurationMs } from '../../../runtime/telemetry/billing.ts'
import { platformErrorType } from '../../../runtime/telemetry/error-type.ts'
import { InvocationLog } from '../../../runtime/telemetry/invocation-log.ts'
import { endLine, logLine } from '../../../runtime/telemetry/log-lines.ts'
import type { PlatformEvent, Report } from '../../../runtime/telemetry/platform-events.ts'

const requestId = '11111111-1111-4111-8111-111111111111' as RequestId
const common = { functionName: 'f', sandboxId: 's' as SandboxId, atMs: 0 }

const report = (changes: Partial<Report> = {}): PlatformEvent => ({
  type: 'platform.report',
  ...common,
  requestId,
  report: {
    status: 'success',
    errorType: undefined,
    durationMs: 3.009,
    billedDurationMs: 114,
    initDurationMs: undefined,
    memorySizeMb: 128,
    maxMemoryUsedMb: 36,
    ...changes,
  },
})

const plain = `REPORT RequestId: ${requestId}\tDuration: 3.01 ms\tBilled Duration: 114 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t`

describe('log lines', () => {
  it('print REPORT as Lambda does, with a tab at the end', () => {
    expect(logLine(report())).toBe(plain)
    expect(logLine(report({ initDurationMs: 110.1 }))).toBe(`${plain}Init Duration: 110.10 ms\t`)
  })

  it('name the status of what the platform ended', () => {
    expect(logLine(report({ status: 'timeout' }))).toBe(`${plain}Status: timeout`)
    expect(logLine(report({ status: 'error', errorType: 'Runtime.ExitError' }))).toBe(
      `${plain}Status: error\tError Type: Runtime.ExitError`,
    )
  })

  it('name no status for an error that the handler itself reported', () => {
    expect(logLine(report({ status: 'error' }))).toBe(plain)
  })

  it('leave out a figure that was not measured', () => {
    expect(logLine(report({ maxMemoryUsedMb: undefined }))).not.toContain('Max Memory Used')
  })

  it('print START, END and INIT_START', () => {
    expect(logLine({ type: 'platform.start', ...common, requestId, version: '$LATEST' })).toBe(
      `START RequestId: ${requestId} Version: $LATEST`,
    )
    expect(endLine(requestId)).toBe(`END RequestId: ${requestId}`)
    const initStart = {
      type: 'platform.initStart',
      ...common,
      initializationType: 'on-demand',
      phase: 'init',
    } as const
    expect(logLine({ ...initStart, runtimeVersion: 'nodejs:22.1.0' })).toBe(
      'INIT_START Runtime Version: nodejs:22.1.0',
    )
  })

  it('print INIT_REPORT for an init that failed, and for every one of provisioned concurrency', () => {
    const init = {
      type: 'platform.initReport',
      ...common,
      initializationType: 'on-demand',
      phase: 'init',
      durationMs: 12,
    } as const
    const provisioned = { ...init, initializationType: 'provisioned-concurrency' } as const
    expect(logLine({ ...provisioned, status: 'success', errorType: undefined })).toBe(
      'INIT_REPORT Init Duration: 12.00 ms\tPhase: init\tStatus: success',
    )
    expect(logLine({ ...init, status: 'success', errorType: undefined })).toBeUndefined()
    expect(logLine({ ...init, status: 'timeout', errorType: undefined })).toBe(
      'INIT_REPORT Init Duration: 12.00 ms\tPhase: init\tStatus: timeout',
    )
    expect(logLine({ ...init, status: 'error', errorType: 'Runtime.ExitError' })).toBe(
      'INIT_REPORT Init Duration: 12.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError',
    )
  })
})

describe('the log of an invocation', () => {
  const line = (text: string): PlatformEvent => ({ type: 'function', ...common, requestId, text })

  it('ends in END and REPORT', () => {
    const log = new InvocationLog()
    for (const event of [line('one'), line('two'), report()]) log.add(event)
    expect(log.lines()).toEqual(['one', 'two', `END RequestId: ${requestId}`, plain])
  })

  it('keeps 1 MB of the function, line feeds included, and counts what it drops', () => {
    const log = new InvocationLog()
    for (const text of ['x'.repeat(1_048_575), 'y', 'z']) log.add(line(text))
    log.add(report())
    expect(log.lines().slice(1)).toEqual([
      '[sandlot] 2 more lines dropped: the log of one invocation is kept up to 1 MB',
      `END RequestId: ${requestId}`,
      plain,
    ])
  })

  it('keeps nothing more once it has dropped a line, so that it has no gaps', () => {
    const log = new InvocationLog()
    for (const text of ['first', 'x'.repeat(1_048_576), 'small']) log.add(line(text))
    expect(log.lines()).toEqual(['first'])
  })

  it('is bounded for empty lines too', () => {
    const log = new InvocationLog()
    for (let count = 0; count <= 1_048_576; count += 1) log.add(line(''))
    expect(log.lines()).toHaveLength(1_048_576)
  })

  it('keeps the platform lines of an invocation that has filled it', () => {
    const log = new InvocationLog()
    log.add(line('x'.repeat(1_048_575)))
    log.add({ type: 'platform.start', ...common, requestId, version: '$LATEST' })
    expect(log.lines().at(-1)).toBe(`START RequestId: ${requestId} Version: $LATEST`)
  })

  it('has no line of what leaves none', () => {
    const log = new InvocationLog()
    log.add({ type: 'sandbox.frozen', ...common, reason: undefined })
    expect(log.lines()).toEqual([])
  })
})

describe('billing', () => {
  it.each([
    [166_620, 128_830, 296],
    [130_490, 15_740, 147],
    [402_040, 3_000_000, 3_403],
    [516_310, 600_000_000, 600_517],
    [1, 0, 1],
    [600, 600, 2],
    [500, 500, 1],
    [3_010, 0, 4],
    [3_000, 0, 3],
    [0, 0, 0],
  ])('rounds %d µs and %d µs of init up once, to %d ms', (duration, init, billed) => {
    expect(billedDurationMs(duration, init)).toBe(billed)
  })
})

describe('the platform error type', () => {
  it.each([
    ['Runtime.ImportModuleError', 'Runtime.ImportModuleError'],
    ['Function.ResponseSizeTooLarge', 'Function.ResponseSizeTooLarge'],
    ['Function.lower', 'Function.Unknown'],
    ['TypeError', 'Runtime.Unknown'],
  ])('records %s as %s', (sent, recorded) => {
    expect(platformErrorType(sent)).toBe(recorded)
  })
})
