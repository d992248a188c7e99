import { describe, expect, it } from 'vitest'
import { errorBody, plainErrorBody } from '../../../runtime/api/aws-errors.ts'
import { logTail } from '../../../runtime/api/log-tail.ts'
import { quickAnswer } from '../../../runtime/api/quick-routes.ts'
import { SandlotError } from '../../../runtime/kernel/errors.ts'
import { invokeResult } from '../cli/invoke-results.ts'

describe('the body of an error', () => {
  it("has AWS's fields, and `message` where AWS writes it so", () => {
    const unknown = new SandlotError('ResourceNotFound', 'Function not found: x', { hint: 'y' })
    expect(errorBody(unknown)).toEqual({ Type: 'User', Message: 'Function not found: x' })
    const invalid = new SandlotError('Validation', '1 validation error detected')
    expect(errorBody(invalid)).toEqual({ message: '1 validation error detected' })
    const throttle = 'ConcurrentInvocationLimitExceeded'
    const throttled = new SandlotError('TooManyRequests', 'Rate Exceeded.', { throttle })
    expect(JSON.stringify(errorBody(throttled))).toBe(
      `{"Reason":"${throttle}","Type":"User","message":"Rate Exceeded."}`,
    )
  })

  it('says whose fault it was', () => {
    for (const code of ['Internal', 'SandboxUnavailable', 'Closing', 'NotImplemented'] as const) {
      expect(errorBody(new SandlotError(code, 'x'))).toMatchObject({ Type: 'Service' })
    }
  })

  it.each([
    'InvalidParameterValue',
    'InvalidRequestContent',
    'PreconditionFailed',
    'ProvisionedConcurrencyConfigNotFound',
    'RequestTooLarge',
    'ResourceConflict',
    'UnsupportedMediaType',
  ] as const)('of %s has a lower-case message on AWS paths', (code) => {
    expect(errorBody(new SandlotError(code, 'x'))).toEqual({ Type: 'User', message: 'x' })
  })

  it('has one form on paths of our own, with a hint where there is one', () => {
    const error = new SandlotError('RequestTooLarge', 'Too large', { hint: 'Send less.' })
    expect(plainErrorBody(error)).toEqual({
      Type: 'User',
      Message: 'Too large',
      Hint: 'Send less.',
    })
    const throttle = 'CallerRateLimitExceeded'
    const throttled = new SandlotError('TooManyRequests', 'Rate exceeded', { throttle })
    expect(plainErrorBody(throttled)).toEqual({
      Reason: throttle,
      Type: 'User',
      Message: 'Rate exceeded',
    })
  })
})

describe('the tail of a log', () => {
  const tailOf = (lines: string[]) => Buffer.from(logTail(lines), 'base64')

  it('is the whole log up to 4 KB, and the end of a longer one', () => {
    const most = 'x'.repeat(4_093)
    expect(tailOf(['a', most]).toString()).toBe(`a\n${most}\n`)
    expect(tailOf(['ab', most]).toString()).toBe(`b\n${most}\n`)
  })
})

describe('the answer of the quick form', () => {
  const answerTo = (payload: string) => quickAnswer(invokeResult({ payload }))
  const { requestId, report } = invokeResult()
  const added = { requestId, executionTime: `${report.durationMs.toFixed(2)}ms` }

  it('is the object with two fields added', () => {
    expect(answerTo('{"a":{"b":1}}')).toEqual({ a: { b: 1 }, ...added })
  })

  it("has these in place of the handler's own", () => {
    expect(answerTo('{"requestId":1,"executionTime":2,"c":3}')).toEqual({ c: 3, ...added })
  })

  it.each([
    ['"text"', 'text'],
    ['7', 7],
    ['null', null],
    ['[1,{"a":2}]', [1, { a: 2 }]],
    // A handler that returned a function or a symbol, and a runtime that does not write JSON.
    ['', null],
    ['<p>', '<p>'],
  ])('has %j as its result', (payload, result) => {
    expect(answerTo(payload)).toEqual({ result, ...added })
  })
})
