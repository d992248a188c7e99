import { describe, expect, it } from 'vitest'
import type { Channel } from '../../../runtime/bootstrap/channel.ts'
import { LogWriter } from '../../../runtime/bootstrap/log-writer.ts'
import type { LogMessage, SandboxMessage } from '../../../runtime/runtime-api/protocol.ts'

const MAX_EVENT_BYTES = 262_144

function recorded() {
  const sent: { requestId: string | undefined; bytes: Buffer; text: string }[] = []
  const channel: Channel = {
    send: (header: SandboxMessage, payload = new Uint8Array()) => {
      const bytes = Buffer.from(payload)
      sent.push({ requestId: (header as LogMessage).requestId, bytes, text: bytes.toString() })
    },
    onMessage: () => {},
    keepAlive: () => {},
  }
  const log = new LogWriter(channel)
  return { log, sent, texts: () => sent.map(({ text }) => text) }
}

describe('a stream of lines', () => {
  it('is one event a line, empty ones too, without the line feed', () => {
    const { log, texts } = recorded()
    log.openLines()(Buffer.from('a\n\nb\r\nc\n'))
    expect(texts()).toEqual(['a', '', 'b\r', 'c'])
  })

  it('holds a line back until it is complete, or the invocation is over', () => {
    const { log, sent, texts } = recorded()
    const write = log.openLines()
    log.begin('r1')
    write(Buffer.from('ha'))
    write(Buffer.from('lf\nrest'))
    expect(texts()).toEqual(['half'])
    log.end()
    expect(sent.at(-1)).toMatchObject({ text: 'rest', requestId: 'r1' })
    write(Buffer.from('later\n'))
    expect(sent.at(-1)).toMatchObject({ text: 'later', requestId: undefined })
  })

  it('does not mix two streams', () => {
    const { log, texts } = recorded()
    const [out, err] = [log.openLines(), log.openLines()]
    out(Buffer.from('o'))
    err(Buffer.from('e\n'))
    out(Buffer.from('ut\n'))
    expect(texts()).toEqual(['e', 'out'])
  })

  it('never holds more than one event, and cuts between characters', () => {
    const { log, sent } = recorded()
    const write = log.openLines()
    // Three bytes each, so that no cut falls between two of them by itself.
    const text = '€'.repeat(200_000)
    for (let at = 0; at < text.length; at += 999) write(Buffer.from(text.slice(at, at + 999)))
    expect(sent.length).toBeGreaterThanOrEqual(2)
    log.flush()
    for (const { bytes, text } of sent) {
      expect(bytes.length).toBeLessThanOrEqual(MAX_EVENT_BYTES)
      expect(text).not.toContain('\ufffd')
    }
    expect(sent.map((event) => event.text).join('')).toBe(text)
  })

  it('is cut though it is not text at all', () => {
    const { log, sent } = recorded()
    log.openLines()(Buffer.alloc(600_000, 0x80))
    log.flush()
    expect(sent.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(600_000)
  })
})

describe('a record', () => {
  it('is one event however many lines it has, and keeps the last id when it has none', () => {
    const { log, sent } = recorded()
    log.record('INFO', 'early')
    log.begin('r1')
    log.record('INFO', 'one\ntwo')
    log.end()
    log.record('WARN', 'late')
    expect(sent.map(({ text }) => text.split('\t').slice(1))).toEqual([
      ['undefined', 'INFO', 'early'],
      ['r1', 'INFO', 'one\ntwo'],
      ['r1', 'WARN', 'late'],
    ])
    expect(sent.map(({ requestId }) => requestId)).toEqual([undefined, 'r1', undefined])
  })

  it.each([MAX_EVENT_BYTES * 2, MAX_EVENT_BYTES * 2 + 1])(
    'is cut when it is long: %s',
    (length) => {
      const { log, texts } = recorded()
      log.record('INFO', 'x'.repeat(length))
      const all = texts()
      expect(all.length).toBe(3)
      expect(all.join('').endsWith(`\tINFO\t${'x'.repeat(length)}`)).toBe(true)
    },
  )
})
