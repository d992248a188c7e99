import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import {
  errorLogText,
  errorPayload,
  runtimeError,
} from '../../../runtime/bootstrap/error-serializer.ts'

describe('the payload of an error', () => {
  it('has type, message and the lines of its stack, in this order', () => {
    const error = new TypeError('wrong')
    const payload = errorPayload(error)
    expect(Object.keys(payload)).toEqual(['errorType', 'errorMessage', 'trace'])
    expect(payload).toEqual({
      errorType: 'TypeError',
      errorMessage: 'wrong',
      trace: error.stack?.split('\n'),
    })
  })

  it('is that of an error also when the error is from another realm, or only looks like one', () => {
    expect(errorPayload(runInNewContext('new RangeError("far")')).errorType).toBe('RangeError')
    const lookalike = { name: 'Odd', message: 'odd', stack: 'Odd: odd\n  at home' }
    expect(errorPayload(lookalike).trace).toEqual(['Odd: odd', '  at home'])
    expect(errorPayload({ name: 'Odd', message: 'odd' }).errorType).toBe('object')
  })

  it('leaves out the cause, and has no trace where the stack is none', () => {
    const error = new Error('outer', { cause: new Error('inner') })
    Object.defineProperty(error, 'stack', { value: undefined })
    expect(errorPayload(error)).toEqual({ errorType: 'Error', errorMessage: 'outer', trace: [] })
  })

  it.each([
    ['text', 'string'],
    [7, 'number'],
    [null, 'object'],
    [undefined, 'undefined'],
    [Symbol('mark'), 'symbol'],
  ])('names what is no error by its type: %s', (thrown, errorType) => {
    expect(errorPayload(thrown)).toEqual({ errorType, errorMessage: String(thrown), trace: [] })
  })

  it('survives what cannot be read', () => {
    const hostile = {
      get name(): string {
        throw new Error('no')
      },
    }
    expect(errorPayload(hostile).errorType).toBe('handled')
    expect(JSON.parse(errorLogText(hostile)).errorType).toBe('handled')
  })
})

describe('the log text of an error', () => {
  it('has its own fields between the message and the stack', () => {
    const error = Object.assign(new Error('wrong'), { code: 'E', detail: { a: 1 } })
    const text = errorLogText(error)
    expect(Object.keys(JSON.parse(text))).toEqual([
      'errorType',
      'errorMessage',
      'code',
      'detail',
      'stack',
    ])
  })

  it('leaves out fields that JSON cannot hold, rather than the error', () => {
    const error = Object.assign(new Error('wrong'), { self: {} })
    error.self = error
    expect(JSON.parse(errorLogText(error))).toEqual(errorPayload(error))
  })

  it('makes an error of what is none', () => {
    expect(JSON.parse(errorLogText('text'))).toEqual({
      errorType: 'Error',
      errorMessage: 'text',
      stack: ['Error: text'],
    })
  })
})

describe("an error of the runtime's own", () => {
  it('begins its stack with its name, which the log does not show twice', () => {
    const error = runtimeError('Runtime.HandlerNotFound', 'x is not a function')
    expect(error.stack).toMatch(/^Runtime\.HandlerNotFound: x is not a function\n/)
    expect(Object.keys(JSON.parse(errorLogText(error)))).toEqual([
      'errorType',
      'errorMessage',
      'stack',
    ])
  })
})
