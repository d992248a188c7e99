import { describe, expect, it } from 'vitest'
import {
  classifyFailure,
  classifyLambda,
  classifyUrl,
} from '../../../../cli/measure/load/answer.ts'
import { reportLine } from '../../../../cli/measure/load/report-line.ts'

const ID = '8f507cfc-xmpl-4697-b07a-ac58fc914c95'
const REPORT = `REPORT RequestId: ${ID}\tDuration: 100.29 ms\tBilled Duration: 101 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB`
const COLD = `${REPORT}\tInit Duration: 42.10 ms\t`

const tail = (text: string): string => Buffer.from(`${text}\n`).toString('base64')

const lambda = (log: string | undefined, more: { body?: string; error?: boolean } = {}) =>
  classifyLambda({
    status: 200,
    headers: {
      ...(log !== undefined && { 'x-amz-log-result': tail(log) }),
      ...(more.error && { 'x-amz-function-error': 'Unhandled' }),
    },
    body: more.body ?? '',
  })

describe('an answer of Lambda', () => {
  it('is cold or warm as its REPORT line says', () => {
    expect(lambda(COLD)).toMatchObject({ outcome: 'cold', reason: null, ran: true })
    expect(lambda(`${REPORT}\t`)).toMatchObject({ outcome: 'warm', reason: null, ran: true })
  })

  it('is only answered where there is no REPORT line', () => {
    expect(lambda(undefined)).toMatchObject({ outcome: 'answered', reason: null, ran: true })
    expect(lambda('START and nothing more')).toMatchObject({ outcome: 'answered' })
  })

  it('is not cold because the function prints what looks like it', () => {
    const log = `START\nInit Duration: 1 ms\nx\tInit Duration: 1 ms\n${REPORT}\t`
    expect(lambda(log).outcome).toBe('warm')
  })

  it('is a throttle with the reason that AWS gives', () => {
    const body = JSON.stringify({
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      Type: 'User',
      message: 'Rate Exceeded.',
    })
    expect(classifyLambda({ status: 429, headers: {}, body })).toMatchObject({
      outcome: 'throttle',
      reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      ran: false,
    })
    expect(classifyLambda({ status: 429, headers: {}, body: 'slow down' })).toMatchObject({
      outcome: 'throttle',
      reason: 'HTTP 429',
    })
  })

  it('is a timeout by its type, and by its text where it has none', () => {
    const typed =
      '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: x Error: Task timed out after 3.00 seconds"}'
    const untyped =
      '{"errorMessage":"2026-01-01T00:00:00.000Z x Task timed out after 3.00 seconds"}'
    for (const body of [typed, untyped]) {
      expect(lambda(REPORT, { error: true, body })).toMatchObject({
        outcome: 'timeout',
        reason: 'Sandbox.Timedout',
        ran: true,
      })
    }
  })

  it('is out of memory where the REPORT line says so, whatever the payload says', () => {
    const log = `${REPORT}\tStatus: error\tError Type: Runtime.OutOfMemory`
    const body =
      '{"errorType":"Runtime.ExitError","errorMessage":"RequestId: x Error: Runtime exited with error: signal: killed"}'
    expect(lambda(log, { error: true, body })).toMatchObject({
      outcome: 'out of memory',
      reason: 'Runtime.OutOfMemory',
    })
    expect(lambda(REPORT, { error: true, body })).toMatchObject({
      outcome: 'function error',
      reason: 'Runtime.ExitError',
    })
  })

  it('is a function error by its type, unnamed where it has none', () => {
    const named = lambda(COLD, { error: true, body: '{"errorType":"RangeError"}' })
    expect(named).toMatchObject({ outcome: 'function error', reason: 'RangeError' })
    expect(named.report?.isCold).toBe(true)
    expect(lambda(REPORT, { error: true, body: 'no JSON' }).reason).toBe('unnamed')
  })

  it('is a client error where nothing ran, by the name that AWS gives', () => {
    const headers = { 'x-amzn-errortype': 'ResourceNotFoundException:http://internal' }
    expect(classifyLambda({ status: 404, headers, body: '' })).toMatchObject({
      outcome: 'client error',
      reason: 'ResourceNotFoundException',
      ran: false,
    })
    expect(classifyLambda({ status: 502, headers: {}, body: '' }).reason).toBe('HTTP 502')
  })
})

describe('a REPORT line', () => {
  it('is read at the end of a log of 4 KB that begins anywhere', () => {
    for (let cut = 0; cut < 8; cut += 1) {
      const log = `${'é'.repeat(2_000)}\nEND RequestId: ${ID}\n${COLD}`.slice(cut)
      expect(reportLine(tail(log)), `cut at ${cut}`).toEqual({
        isCold: true,
        billedMs: 101,
        memorySizeMb: 128,
        errorType: undefined,
      })
    }
  })
})

describe('the end of a URL', () => {
  it.each([
    [200, 'answered', null],
    [399, 'answered', null],
    [400, 'http error', 'HTTP 400'],
    [429, 'throttle', 'HTTP 429'],
    [500, 'http error', 'HTTP 500'],
  ])('%i is %s', (status, outcome, reason) => {
    expect(classifyUrl({ status })).toMatchObject({ outcome, reason, ran: false })
  })
})

describe('a failure on the way', () => {
  it('is told by the name that it has in the system, or in words', () => {
    const of = (code: string) => classifyFailure(Object.assign(new Error('x'), { code })).reason
    expect(of('ECONNREFUSED')).toBe('ECONNREFUSED')
    expect(of('UND_ERR_SOCKET')).toBe('connection closed')
    expect(of('UND_ERR_HEADERS_TIMEOUT')).toBe('no answer in time')
    expect(classifyFailure(new Error('odd')).reason).toBe('odd')
  })
})
