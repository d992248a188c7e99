import { describe, expect, it } from 'vitest'
import { invokeHeaders } from '../../../runtime/api/invoke-headers.ts'

const context = (text: string) => ({
  'x-amz-client-context': Buffer.from(text).toString('base64'),
})

describe('the headers of an Invoke request', () => {
  it('may all be absent', () => {
    expect(invokeHeaders({})).toEqual({ invocationType: 'RequestResponse', wantsLogTail: false })
  })

  it('say all there is to say', () => {
    expect(
      invokeHeaders({
        'x-amz-invocation-type': 'DryRun',
        'x-amz-log-type': 'Tail',
        'x-amzn-trace-id': 'Root=1-2-3',
        ...context('{"custom":{"a":"ü"}}'),
      }),
    ).toEqual({
      invocationType: 'DryRun',
      wantsLogTail: true,
      traceId: 'Root=1-2-3',
      clientContext: '{"custom":{"a":"ü"}}',
    })
  })

  it('are read letter by letter: Lambda knows no `tail` and no `event`', () => {
    expect(() => invokeHeaders({ 'x-amz-log-type': 'tail' })).toThrow(
      "Value 'tail' at 'logType' failed to satisfy constraint: Member must satisfy enum value set: [None, Tail]",
    )
    expect(() => invokeHeaders({ 'x-amz-invocation-type': 'event' })).toThrow(
      "Value 'event' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [RequestResponse, DryRun, Event]",
    )
  })

  it('take a client context that is an object, and nothing else', () => {
    expect(invokeHeaders(context('{}')).clientContext).toBe('{}')
    for (const text of ['[]', 'null', '"text"', '7', '', '{"a"']) {
      expect(() => invokeHeaders(context(text))).toThrow(
        'Client context must be a valid Base64-encoded JSON object.',
      )
    }
  })

  it('take a client context of up to 3,583 bytes', () => {
    // Spaces are no part of base64, and are not counted out.
    const encoded = Buffer.from('{}').toString('base64')
    const padded = (length: number) => ({ 'x-amz-client-context': encoded.padEnd(length, ' ') })
    expect(invokeHeaders(padded(3_583)).clientContext).toBe('{}')
    expect(() => invokeHeaders(padded(3_584))).toThrow(
      'Client context must be no more than 3583 bytes when base64-encoded.',
    )
  })
})
