import { describe, expect, it } from 'vitest'
import { MAX_RESPONSE_BYTES } from '../../../runtime/runtime-api/protocol.ts'
import { jsonOf } from './runtime-under-test.ts'
import { KINDS, useRuntimes } from './transports.ts'

const runtimes = useRuntimes()

describe.each(KINDS)('a failure in a %s', (kind) => {
  const load = (handler: string) => runtimes.start(kind).load('failures.cjs', handler)

  it.each(['throws', 'throwsNow'])(
    'of its own kind reaches the caller and the log: %s',
    async (form) => {
      const runtime = await load(form)
      const { header, text, logs } = await runtime.invoke()
      expect(header).toMatchObject({ type: 'error', errorType: 'OrderError', fatal: false })
      const { errorType, errorMessage, trace, ...rest } = jsonOf(text) as {
        trace: string[]
      } & Record<string, unknown>
      expect({ errorType, errorMessage, rest }).toEqual({
        errorType: 'OrderError',
        errorMessage: 'no such order',
        rest: {},
      })
      expect(trace[1]).toContain('failures.cjs:')
      expect(logs).toHaveLength(1)
      const [, id, level, message, json] = logs[0]?.text.split('\t') ?? []
      expect([id, level, message]).toEqual([header.requestId, 'ERROR', 'Invoke Error '])
      expect(Object.keys(jsonOf(json ?? ''))).toEqual([
        'errorType',
        'errorMessage',
        'code',
        'name',
        'order',
        'stack',
      ])
      expect(jsonOf(json ?? '')).toMatchObject({ code: 'E_ORDER', order: 42, stack: trace })
      // An error is the function's; the runtime goes on.
      expect((await runtime.invoke()).header.type).toBe('error')
    },
  )

  it('writes errors within an error to the log too', async () => {
    const { logs } = await (await load('throwsNested')).invoke()
    expect(logs[0]?.text).toContain('"inner":{"errorType":"OrderError","errorMessage":"within"')
  })

  it.each([
    ['throwsString', 'string', 'just text'],
    ['throwsUndefined', 'undefined', 'undefined'],
    ['throwsBare', 'handled', 'callback called with Error argument, but'],
  ])('may be no error at all: %s', async (form, errorType, message) => {
    const { header, text } = await (await load(form)).invoke()
    expect(header).toMatchObject({ type: 'error', errorType })
    expect(jsonOf(text)).toMatchObject({ errorType, trace: [] })
    expect(jsonOf(text).errorMessage).toContain(message)
  })

  it('never carries a DEL to the caller', async () => {
    const { text } = await (await load('throwsDel')).invoke()
    expect(jsonOf(text).errorMessage).toBe('a%7Fb')
  })

  it.each(['bigint', 'cycle'])('is a result that JSON cannot hold: %s', async (form) => {
    const { header, text } = await (await load(form)).invoke()
    expect(header).toMatchObject({ type: 'error', errorType: 'Error', fatal: false })
    expect(jsonOf(text).errorMessage).toBe('Unable to stringify response body')
  })

  it.each([
    ['undefinedResult', 'null'],
    ['functionResult', ''],
  ])('is not a result without a value: %s', async (form, body) => {
    const { header, text } = await (await load(form)).invoke()
    expect(header.type).toBe('response')
    expect(text).toBe(body)
  })

  it('is a response one byte over the limit, and not one at the limit', async () => {
    const runtime = await load('sized')
    const fits = await runtime.invoke({ bytes: MAX_RESPONSE_BYTES })
    expect(fits.header.type).toBe('response')
    expect(fits.text).toHaveLength(MAX_RESPONSE_BYTES)
    const refused = await runtime.invoke({ bytes: MAX_RESPONSE_BYTES + 1 })
    expect(refused.header).toMatchObject({ type: 'error', fatal: false })
    expect(refused.text).toBe(
      '{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}',
    )
    expect((await runtime.invoke({ bytes: 10 })).header.type).toBe('response')
  })

  it('is an event that is not JSON, and only of that invocation', async () => {
    const runtime = await load('undefinedResult')
    const { header } = await runtime.invoke('{"half":')
    expect(header).toMatchObject({ type: 'error', errorType: 'SyntaxError', fatal: false })
    expect((await runtime.invoke()).header.type).toBe('response')
  })
})

describe.each(KINDS)('a failure that ends a %s', (kind) => {
  const load = (handler: string) => runtimes.start(kind).load('failures.cjs', handler)

  it('is an exception that nobody catches', async () => {
    const runtime = await load('uncaught')
    const { header, text, logs } = await runtime.invoke()
    expect(header).toMatchObject({ type: 'error', errorType: 'OrderError', fatal: true })
    expect(jsonOf(text).errorMessage).toBe('uncaught')
    expect(logs.map((log) => log.text.split('\t')[3])).toEqual(['before', 'Uncaught Exception '])
    expect((await runtime.ended).code).toBe(129)
  })

  it('is a rejection that nobody handles', async () => {
    const runtime = await load('unhandled')
    const { header, text, logs } = await runtime.invoke()
    const errorType = 'Runtime.UnhandledPromiseRejection'
    expect(header).toMatchObject({ type: 'error', errorType, fatal: true })
    expect(jsonOf(text)).toMatchObject({ errorType, errorMessage: 'OrderError: unhandled' })
    const [, , , title, json] = logs[0]?.text.split('\t') ?? []
    expect(title).toBe('Unhandled Promise Rejection ')
    expect(jsonOf(json ?? '')).toMatchObject({
      errorType,
      reason: { errorType: 'OrderError', errorMessage: 'unhandled', code: 'E_ORDER' },
      promise: {},
    })
    expect((await runtime.ended).code).toBe(128)
  })

  it('fails the init when it happens there', async () => {
    const runtime = runtimes.start(kind)
    runtime.init('rejects.cjs')
    // The handler was found before the rejection was noticed, or after: either way it ends.
    expect((await runtime.ended).code).toBe(128)
    expect(runtime.logs[0]?.text).toContain('\tundefined\tERROR\tUnhandled Promise Rejection \t')
  })

  it('is logged, and no answer, once the invocation has been answered', async () => {
    const runtime = await load('unhandledAfterAnswer')
    expect((await runtime.invoke()).header.type).toBe('response')
    expect((await runtime.ended).code).toBe(128)
    expect(runtime.received.filter(({ header }) => header.type === 'error')).toEqual([])
    expect(runtime.logs.at(-1)).toMatchObject({
      requestId: undefined,
      text: expect.stringContaining('Unhandled Promise Rejection '),
    })
  })

  it('is process.exit in the handler; what it wrote is not lost', async () => {
    const runtime = await load('exits')
    runtime.send({})
    expect((await runtime.ended).code).toBe(7)
    expect(runtime.logs.at(-1)?.text).toBe('last words')
    expect(runtime.received.map(({ header }) => header.type)).not.toContain('response')
  })
})
