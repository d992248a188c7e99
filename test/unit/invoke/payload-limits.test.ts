import { describe, expect, it } from 'vitest'
import { checkedEvent, MAX_EVENT_BYTES } from '../../../runtime/invoke/payload-limits.ts'
import { isSandlotError } from '../../../runtime/kernel/errors.ts'

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

function refusalOf(payload: Uint8Array | string): readonly [string, string] {
  try {
    checkedEvent(payload)
  } catch (error) {
    if (isSandlotError(error)) return [error.code, error.message]
  }
  throw new Error('not refused')
}

/** A JSON text of exactly so many bytes. */
const sized = (count: number): string => `"${'x'.repeat(count - 2)}"`

const TOO_LARGE = [
  'RequestTooLarge',
  'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
] as const

describe('the event', () => {
  it('is {} when there is none', () => {
    for (const none of [undefined, '', new Uint8Array()])
      expect(text(checkedEvent(none))).toBe('{}')
  })

  it('is passed on byte by byte', () => {
    const written = new TextEncoder().encode(' { "a" : 1.0, "é": "😀" } ')
    expect(checkedEvent(written)).toBe(written)
    expect(text(checkedEvent('{"a": 1.0}'))).toBe('{"a": 1.0}')
  })

  it('may be 6 MB, and not one byte more, as text and as bytes', () => {
    expect(MAX_EVENT_BYTES).toBe(6_291_456)
    const fits = sized(MAX_EVENT_BYTES)
    expect(checkedEvent(fits)).toHaveLength(MAX_EVENT_BYTES)
    expect(checkedEvent(new TextEncoder().encode(fits))).toHaveLength(MAX_EVENT_BYTES)
    const over = sized(MAX_EVENT_BYTES + 1)
    expect(refusalOf(over)).toEqual(TOO_LARGE)
    expect(refusalOf(new TextEncoder().encode(over))).toEqual(TOO_LARGE)
  })

  it('is counted in bytes, not in characters', () => {
    const half = (MAX_EVENT_BYTES - 2) / 2
    expect(checkedEvent(`"${'é'.repeat(half)}"`)).toHaveLength(MAX_EVENT_BYTES)
    expect(refusalOf(`"${'é'.repeat(half)}x"`)).toEqual(TOO_LARGE)
  })

  it('is refused for its size before anybody reads it', () => {
    expect(refusalOf('x'.repeat(MAX_EVENT_BYTES + 1))[0]).toBe('RequestTooLarge')
  })

  it.each(['{nope', '{"half":', 'undefined', "{'a':1}", '1 2', ' '])(
    'must be JSON: %s',
    (event) => {
      const [code, message] = refusalOf(event)
      expect(code).toBe('InvalidRequestContent')
      expect(message).toMatch(/^Could not parse request body into json: ./)
    },
  )

  it.each([
    ['null', 'null'],
    ['a number', '-1.5e3'],
    ['text', '"x"'],
    ['a list', '[]'],
  ])('may be any JSON value: %s', (_, event) => {
    expect(text(checkedEvent(event))).toBe(event)
  })

  it.each([
    ['a byte that UTF-8 does not have', bytes(0x22, 0xff, 0x22)],
    ['half a character', bytes(0x22, 0xc3, 0x22)],
    ['a byte order mark', bytes(0xef, 0xbb, 0xbf, 0x7b, 0x7d)],
  ])('must be as its reader will read it: not %s', (_, event) => {
    expect(refusalOf(event)[0]).toBe('InvalidRequestContent')
  })
})
