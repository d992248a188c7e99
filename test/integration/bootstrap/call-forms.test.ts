import { describe, expect, it } from 'vitest'
import { jsonOf } from './runtime-under-test.ts'
import { KINDS, useRuntimes } from './transports.ts'

const runtimes = useRuntimes()

const NODE_JS_EXIT = 'Runtime.NodeJsExit'

describe.each(KINDS)('a handler in a %s answers', (kind) => {
  const load = (form: string) => runtimes.start(kind).load('forms.cjs', form)

  it.each([
    ['what an async function returns', 'asyncResult', { got: { a: 1 } }],
    ['what a promise resolves with', 'promiseResult', 'later'],
    ['what any thenable resolves with', 'thenableResult', 'from a thenable'],
    ['null where a plain function returns something', 'plainReturn', null],
    ['null where a plain function does nothing', 'nothing', null],
    ['what the callback gets', 'callbackResult', 'called back'],
    ['what the callback gets at once, if it is told not to wait', 'callbackDoesNotWait', 'at once'],
    [
      'by the flag as it is when the callback is called',
      'callbackFlagSetLater',
      'read when called',
    ],
    ['without waiting for timers, if it is async', 'asyncWithTimerLeft', 'did not wait'],
    ['what context.succeed gets, at once', 'succeed', 'succeeded'],
    ['what context.done gets', 'done', 'done'],
    ['null where a plain function returns a promise that never settles', 'neverSettlesPlain', null],
    ['the first of several completions', 'twice', 'first'],
    [
      'the callback rather than the promise that comes after',
      'callbackBeforePromise',
      'the callback',
    ],
    ['the callback rather than an error thrown after', 'callbackBeforeThrow', 'the callback'],
    ['what it waits for from a worker of its own', 'workerReply', 'hello'],
  ])('%s', async (_what, form, result) => {
    const runtime = await load(form)
    const { header, text } = await runtime.invoke({ a: 1 })
    expect(header.type).toBe('response')
    expect(jsonOf(text)).toEqual(result)
  })

  it.each([
    ['callbackError', 'TypeError', 'called back'],
    ['fail', 'RangeError', 'failed'],
    ['doneWithError', 'Error', 'done wrong'],
    ['failWithNothing', 'string', 'handled'],
  ])('an error through %s', async (form, errorType, errorMessage) => {
    const runtime = await load(form)
    const { header, text } = await runtime.invoke()
    expect(header).toMatchObject({ type: 'error', errorType, fatal: false })
    expect(jsonOf(text)).toMatchObject({ errorType, errorMessage })
  })

  it('only when the event loop is empty, if the callback is to wait', async () => {
    const runtime = await load('callbackWaits')
    const { text, logs } = await runtime.invoke()
    expect(jsonOf(text)).toBe('result')
    expect(logs.map((log) => log.text.split('\t').at(-1))).toEqual(['timer ran'])
  })

  it('an error when it is async, never settles and nothing is left to do; then goes on', async () => {
    const runtime = await load('neverSettles')
    for (const _attempt of [1, 2]) {
      const { header, text, logs } = await runtime.invoke()
      expect(header).toMatchObject({ type: 'error', errorType: NODE_JS_EXIT, fatal: false })
      expect(jsonOf(text).errorMessage).toContain('a Promise that was never settled')
      expect(logs[0]?.text).toContain('\tERROR\tInvoke Error \t{"errorType":"Runtime.NodeJsExit"')
    }
  })

  it('any number of times, without anything left over from the times before', async () => {
    const runtime = await load('succeed')
    for (let call = 0; call < 15; call += 1) {
      const { text, logs } = await runtime.invoke()
      expect(jsonOf(text)).toBe('succeeded')
      // A warning about a leak of listeners would be one.
      expect(logs).toEqual([])
    }
  })

  it('with one listener of the runtime waiting for an empty loop', async () => {
    const runtime = await load('listeners')
    await runtime.invoke()
    expect(jsonOf((await runtime.invoke()).text)).toBe(1)
  })

  it('between the stamps of its arrival and its answer', async () => {
    const runtime = await load('promiseResult')
    const sentUs = Number(process.hrtime.bigint() / 1_000n)
    const { header } = await runtime.invoke()
    const nowUs = Number(process.hrtime.bigint() / 1_000n)
    expect(header.receivedUs).toBeGreaterThanOrEqual(sentUs)
    // The handler's timer is of 20 ms, which Node may round down.
    expect(header.finishedUs - header.receivedUs).toBeGreaterThan(18_000)
    expect(header.finishedUs).toBeLessThanOrEqual(nowUs)
    expect(header.memory.heapBytes).toBeGreaterThan(1_000_000)
  })
})
