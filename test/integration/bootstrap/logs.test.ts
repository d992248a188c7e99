import { describe, expect, it } from 'vitest'
import { jsonOf } from './runtime-under-test.ts'
import { KINDS, useRuntimes } from './transports.ts'

const runtimes = useRuntimes()

const RECORD = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t/

describe.each(KINDS)('what a handler prints in a %s', (kind) => {
  const load = (handler: string) => runtimes.start(kind).load('print.cjs', handler)
  const texts = async (handler: string, event: unknown = {}) => {
    const { logs } = await (await load(handler)).invoke(event)
    return logs.map(({ text }) => text.replace(RECORD, '').replace(/^[0-9a-f-]{36}\t/, ''))
  }

  it('while it loads has the word undefined for a request id', async () => {
    const runtime = await load('levels')
    const { header, payload } = await runtime.first('log')
    expect(header.requestId).toBeUndefined()
    expect(header.atMs).toBeLessThanOrEqual(Date.now())
    const text = Buffer.from(payload).toString()
    expect(text).toMatch(RECORD)
    expect(text.replace(RECORD, '')).toBe('undefined\tINFO\twhile loading')
    const types = runtime.received.map((message) => message.header.type)
    expect(types).toEqual(['booted', 'log', 'initialised'])
  })

  it('through the console is one record each, with time, request id and level', async () => {
    const runtime = await load('levels')
    const { header, logs } = await runtime.invoke()
    for (const log of logs) {
      expect(log.requestId).toBe(header.requestId)
      expect(log.text).toMatch(RECORD)
    }
    expect(logs.map(({ text }) => text.replace(RECORD, ''))).toEqual(
      [
        'TRACE\ttrace',
        'DEBUG\tdebug',
        'INFO\tinfo',
        'INFO\tlog',
        'WARN\twarn',
        'ERROR\terror',
        'FATAL\tfatal',
      ].map((record) => `${header.requestId}\t${record} has 1 { extra: true }`),
    )
  })

  it('keeps its order across the console, stdout and stderr', async () => {
    expect(await texts('lines')).toEqual([
      'INFO\tone\ntwo\n',
      'INFO\tbetween',
      'half and half',
      'whole',
      'from stderr',
      'rest',
    ])
  })

  it('to stdout may come in any encoding, piece and call form', async () => {
    expect(await texts('encodings')).toEqual(['hü €', 'told', 'ended', 'still there'])
  })

  it('to stdout is kept as it was when it was written', async () => {
    expect(await texts('reusedBuffer')).toEqual(['first line'])
  })

  it('through other methods of the console arrives as well', async () => {
    const [dir, ...rest] = await texts('indirect')
    expect(dir).toBe('{ a: 1 }')
    expect(rest[0]).toMatch(/^INFO\t┌.*│ 0 .*│ 1 +│/s)
    expect(rest[1]).toBe('WARN\tAssertion failed: asserted')
  })

  it('after the answer belongs to no invocation, though its record keeps the last id', async () => {
    const runtime = await load('later')
    const { header } = await runtime.invoke()
    await runtime.next(
      (message) => message.header.type === 'log' && message.header.requestId === undefined,
      runtime.received.length,
    )
    await expect
      .poll(() => runtime.logs.slice(1), { timeout: 10_000 })
      .toEqual([
        {
          requestId: undefined,
          text: expect.stringMatching(new RegExp(`\t${header.requestId}\tINFO\tafter the answer$`)),
        },
        { requestId: undefined, text: 'written after' },
      ])
  })

  it('is cut where it is longer than one event, between two characters', async () => {
    const { logs } = await (await load('long')).invoke()
    const sizes = logs.map(({ text }) => Buffer.byteLength(text))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(262_144)
    const all = logs.map(({ text }) => text).join('')
    expect(all).not.toContain('\ufffd')
    expect(all.match(/é/g)).toHaveLength(600_000)
  })

  it('arrives whole, and before the answer, when it is a flood', async () => {
    const { logs, header } = await (await load('flood')).invoke({ count: 20_000 })
    expect(header.type).toBe('response')
    expect(logs).toHaveLength(20_000)
  })
})

describe('a flood of log that the controller does not read', () => {
  const COUNT = 60_000
  const PRINTED_BYTES = COUNT * 1_000
  // So that garbage does not pile up either.
  const execArgv = ['--max-semi-space-size=1']
  const event = { count: COUNT }
  const grown = (text: string): number => Number(jsonOf(text).grownBytes)

  it('makes a process wait instead of holding it in memory', async () => {
    const runtime = await runtimes.startProcess({ execArgv }).load('print.cjs', 'flood')
    const answered = runtime.invoke(event)
    runtime.channel.pause()
    // Long enough for the handler to fill the pipe; it could not go on however long it took.
    await new Promise((resolve) => setTimeout(resolve, 300))
    const before = runtime.received.length
    runtime.channel.resume()
    const { logs, text } = await answered
    expect(before).toBeLessThan(COUNT)
    expect(logs).toHaveLength(COUNT)
    expect(grown(text)).toBeLessThan(PRINTED_BYTES / 2)
  })
})
