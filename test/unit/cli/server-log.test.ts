import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import { logText, namesOf } from '../../../cli/report/log-line-stream.ts'
import type { RequestRecord } from '../../../cli/report/log-record.ts'
import { startScreen } from '../../../cli/report/start-screen.ts'
import { parseFunctionConfig } from '../../../runtime/functions/function-config.ts'
import type { FunctionVersion } from '../../../runtime/functions/function-version.ts'

const noColours = pc.createColors(false)

function deployed(name: string, logicalId?: string): FunctionVersion {
  const input = { name, handler: 'main.handler', rootDir: '/app' }
  const config = parseFunctionConfig(logicalId === undefined ? input : { ...input, logicalId })
  return { config, version: '$LATEST', arn: `arn:${name}`, code: {} as FunctionVersion['code'] }
}

const names = namesOf([deployed('greeting_handler', 'greet'), deployed('x'.repeat(64), 'y')])

const at = { time: new Date(2026, 0, 31, 9, 5, 7, 8).getTime(), level: 30 }
const requestId = '0a1b2c3d-0000-4000-8000-0123456789ab'

const request = (more: Partial<RequestRecord> = {}): string =>
  logText(
    {
      ...at,
      type: 'request',
      method: 'POST',
      path: '/lambda/greet',
      requestId,
      status: 200,
      delivered: true,
      ...more,
    },
    names,
    noColours,
  )

const warm: Partial<RequestRecord> = {
  function: 'greeting_handler',
  coldStart: false,
  totalMs: 1.234,
  durationMs: 0.5,
  memorySizeMb: 128,
}

describe('a line of the server log', () => {
  it('tells when, which function and invocation, and how it went', () => {
    expect(request({ ...warm, coldStart: true, initDurationMs: 31.5, maxMemoryUsedMb: 41 })).toBe(
      '09:05:07.008  greet  0a1b2c3d  200  cold 1.23 ms · init 31.5 · duration 0.50 · 41 of 128 MB  POST /lambda/greet',
    )
  })

  it('leaves out what was not measured', () => {
    expect(request(warm)).toBe(
      '09:05:07.008  greet  0a1b2c3d  200  warm 1.23 ms · duration 0.50 · 128 MB  POST /lambda/greet',
    )
  })

  it('says why a request was refused, and what can be done', () => {
    expect(request({ status: 404, error: 'Function not found', hint: 'Deployed are: a' })).toBe(
      [
        '09:05:07.008                   404  POST /lambda/greet  Function not found',
        '                               Deployed are: a',
      ].join('\n'),
    )
  })

  it('says that a client left, and not what it would have been answered', () => {
    const gone = { delivered: false, error: 'The request broke off' }
    expect(request(gone)).toBe(
      '09:05:07.008                   –––  POST /lambda/greet  the client left before the answer',
    )
    expect(request({ ...warm, delivered: false })).toBe(
      '09:05:07.008  greet  0a1b2c3d  –––  warm 1.23 ms · duration 0.50 · 128 MB  POST /lambda/greet  the client left before the answer',
    )
  })

  it('paints a function error red, whatever the status of its answer', () => {
    const coloured = pc.createColors(true)
    const record = { ...at, type: 'request', method: 'POST', path: '/', requestId } as const
    const paint = (more: { status: number; errorType?: string }) =>
      logText({ ...record, delivered: true, ...more }, names, coloured)
    expect(paint({ status: 200 })).toContain(coloured.green('200'))
    expect(paint({ status: 404 })).toContain(coloured.yellow('404'))
    expect(paint({ status: 503 })).toContain(coloured.red('503'))
    expect(paint({ status: 200, errorType: 'TypeError' })).toContain(coloured.red('200'))
  })

  const printed = (msg: string, function_ = 'greeting_handler') =>
    logText({ ...at, type: 'function', function: function_, requestId, msg }, names, noColours)

  it('shows all lines of what a function prints', () => {
    expect(printed('one\r\ntwo\nthree\rfour')).toBe(
      [
        '09:05:07.008  greet  0a1b2c3d  one',
        '                               two',
        '                               three',
        '                               four',
      ].join('\n'),
    )
  })

  it('shows an error as its stack trace', () => {
    const stack = ['TypeError: no luck', '    at handler (/app/main.ts:9:31)']
    const error = JSON.stringify({ errorType: 'TypeError', errorMessage: 'no luck', stack })
    expect(printed(`2026-01-31T12:00:00.000Z\t${requestId}\tERROR\tInvoke Error \t${error}`)).toBe(
      [
        '09:05:07.008  greet  0a1b2c3d  Invoke Error: TypeError: no luck',
        '                                   at handler (/app/main.ts:9:31)',
      ].join('\n'),
    )
  })

  it('tells of an init that failed', () => {
    const init = { type: 'init', function: 'greeting_handler', durationMs: 12.34 } as const
    expect(
      logText({ ...at, ...init, status: 'error', errorType: 'Runtime.Unknown' }, names, noColours),
    ).toBe('09:05:07.008  greet            init failed after 12.3 ms: Runtime.Unknown')
    expect(logText({ ...at, ...init, status: 'timeout' }, names, noColours)).toBe(
      '09:05:07.008  greet            init failed after 12.3 ms: timeout',
    )
  })

  it('shows a name of 24 characters at most', () => {
    const long = namesOf([deployed('x'.repeat(64))])
    expect(
      logText({ ...at, type: 'function', function: 'x'.repeat(64), msg: 'm' }, long, noColours),
    ).toBe(`09:05:07.008  ${'x'.repeat(24)}            m`)
  })
})

describe('the start screen', () => {
  const screen = (reaped: { controllers: number; processes: number }, cappedBecause?: string) =>
    startScreen(
      'http://127.0.0.1:5000',
      {
        functions: () => [deployed('greeting_handler', 'greet')],
        accountLimit: { concurrency: 1_000, cappedBecause },
        reaped,
      },
      { label: 'template.yaml', isSamples: false },
      noColours,
    )

  it('says nothing of what was not left', () => {
    const text = screen({ controllers: 0, processes: 0 })
    expect(text).toContain('Sandlot serves 1 function on http://127.0.0.1:5000\n')
    expect(text).toContain('  account concurrency is 1,000\n\n')
    expect(text).not.toContain('removed')
  })

  it('says what a killed server had left', () => {
    expect(screen({ controllers: 1, processes: 2 })).toContain(
      '\n  removed what a killed Sandlot had left: 1 folder, 2 processes\n',
    )
    expect(screen({ controllers: 2, processes: 1 })).toContain(': 2 folders, 1 process\n')
  })

  it('says why there is less concurrency than was asked for', () => {
    expect(screen({ controllers: 0, processes: 0 }, 'it is less')).toContain('\n  it is less\n')
  })
})
