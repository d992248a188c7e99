import { describe, expect, it } from 'vitest'
import {
  ERROR_CATALOGUE,
  type ErrorCode,
  isSandlotError,
  SandlotError,
} from '../../../runtime/kernel/errors.ts'

const CODES = Object.keys(ERROR_CATALOGUE) as ErrorCode[]

describe('the error catalogue', () => {
  it.each(CODES)('says of %s whose fault it is, what AWS calls it and its status', (code) => {
    const error = new SandlotError(code, 'text')
    expect(['caller', 'function', 'runtime', 'emulator']).toContain(error.fault)
    expect(error.awsErrorType).toMatch(/^[A-Z][A-Za-z]+Exception$/)
    expect(error.httpStatus).toBeGreaterThanOrEqual(400)
    expect(error.httpStatus).toBeLessThan(600)
    expect(error.retryable).toBe(ERROR_CATALOGUE[code].retryable)
  })

  it('blames nobody but us for a status of 500 and more, unless no server was there', () => {
    const ours = CODES.filter((code) => ERROR_CATALOGUE[code].httpStatus >= 500)
    expect(ours.filter((code) => ERROR_CATALOGUE[code].fault !== 'emulator')).toEqual([
      'ServerUnreachable',
    ])
    const theirs = CODES.filter((code) => ERROR_CATALOGUE[code].httpStatus < 500)
    expect(theirs.every((code) => ERROR_CATALOGUE[code].fault === 'caller')).toBe(true)
  })

  it('has the names and statuses of the AWS API', () => {
    const facts = (code: ErrorCode) => {
      const { awsErrorType, httpStatus } = new SandlotError(code, '')
      return `${httpStatus} ${awsErrorType}`
    }
    expect(facts('TooManyRequests')).toBe('429 TooManyRequestsException')
    expect(facts('ResourceNotFound')).toBe('404 ResourceNotFoundException')
    expect(facts('RequestTooLarge')).toBe('413 RequestTooLargeException')
    expect(facts('InvalidRequestContent')).toBe('400 InvalidRequestContentException')
    expect(facts('UnsupportedMediaType')).toBe('415 UnsupportedMediaTypeException')
    expect(facts('SandboxUnavailable')).toBe('500 ServiceException')
  })
})

describe('an error', () => {
  it('keeps its text, cause, hint and throttle', () => {
    const cause = new Error('root')
    const error = new SandlotError('TooManyRequests', 'Rate Exceeded.', {
      cause,
      hint: 'Wait.',
      throttle: 'ConcurrentInvocationLimitExceeded',
    })
    expect(error).toBeInstanceOf(Error)
    expect(error.name).toBe('SandlotError')
    expect(error.message).toBe('Rate Exceeded.')
    expect(error.cause).toBe(cause)
    expect(error.hint).toBe('Wait.')
    expect(error.throttle).toBe('ConcurrentInvocationLimitExceeded')
  })

  it('has no cause unless it was given one', () => {
    expect('cause' in new SandlotError('Internal', 'text')).toBe(false)
  })

  it('is recognised across two copies of the package, and nothing else is', async () => {
    // The query makes it another module, as a second copy would be.
    const path = '../../../runtime/kernel/errors.ts?copy'
    const copy = (await import(path)) as typeof import('../../../runtime/kernel/errors.ts')
    const foreign = new copy.SandlotError('Internal', 'text')
    expect(copy.SandlotError).not.toBe(SandlotError)
    expect(foreign).not.toBeInstanceOf(SandlotError)
    expect(isSandlotError(foreign)).toBe(true)
    for (const other of [undefined, null, 'text', new Error('text'), { code: 'Internal' }]) {
      expect(isSandlotError(other)).toBe(false)
    }
  })
})
