import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asRequestId, newRequestId, newSandboxId } from '../../../runtime/kernel/ids.ts'
import { type Random, seededRandom, uuid } from '../../../runtime/kernel/random.ts'

const seed = fc.integer({ min: 0, max: 0xffff_ffff })

const fixed = (byte: string): Random => ({ next: () => 0, hex: (count) => byte.repeat(count) })

describe('the seeded generator', () => {
  it('gives the same sequence for the same seed, and another one for another', () => {
    const sequence = (from: number) => Array.from({ length: 20 }, seededRandom(from).next)
    fc.assert(
      fc.property(seed, seed, (one, other) => {
        expect(sequence(one)).toEqual(sequence(one))
        if (one !== other) expect(sequence(one)).not.toEqual(sequence(other))
      }),
    )
  })

  it('is the same on every machine', () => {
    const { next, hex } = seededRandom(1)
    expect([next(), next()]).toEqual([0.6270739405881613, 0.002735721180215478])
    expect(hex(4)).toBe('87fbf747')
  })

  it('stays within 0 and 1, the latter excluded, and spreads over it', () => {
    const { next } = seededRandom(42)
    const tenths = new Array<number>(10).fill(0)
    for (let count = 0; count < 10_000; count += 1) {
      const tenth = Math.floor(next() * 10)
      tenths[tenth] = (tenths[tenth] as number) + 1
    }
    expect(tenths).toHaveLength(10)
    expect(Math.min(...tenths)).toBeGreaterThan(850)
  })

  it('writes two lower-case digits for every byte', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 0, max: 40 }), (from, count) => {
        expect(seededRandom(from).hex(count)).toMatch(new RegExp(`^[0-9a-f]{${2 * count}}$`))
      }),
    )
  })
})

describe('a UUID', () => {
  it('has the version and variant of RFC 9562, version 4, whatever chance gives', () => {
    const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    fc.assert(
      fc.property(seed, (from) => {
        expect(uuid(seededRandom(from))).toMatch(shape)
      }),
    )
    expect(uuid(fixed('00'))).toBe('00000000-0000-4000-8000-000000000000')
    expect(uuid(fixed('ff'))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff')
  })
})

describe('ids', () => {
  it('are a UUID for a request and 32 hexadecimal digits for a sandbox', () => {
    expect(asRequestId(newRequestId(seededRandom(1)))).toBeDefined()
    expect(newSandboxId(seededRandom(1))).toMatch(/^[0-9a-f]{32}$/)
  })

  it('of a caller are taken as they are if they are UUIDs', () => {
    const id = '8476a536-e9f4-11e8-9739-2dfe598c3fcd'
    expect(asRequestId(id)).toBe(id)
    expect(asRequestId(id.toUpperCase())).toBe(id.toUpperCase())
  })

  it.each([
    undefined,
    '',
    'hello',
    '8476a536-e9f4-11e8-9739-2dfe598c3fc',
    '8476a536-e9f4-11e8-9739-2dfe598c3fcdd',
    '8476a536e9f411e897392dfe598c3fcd',
    'g476a536-e9f4-11e8-9739-2dfe598c3fcd',
    '8476a536-e9f4-11e8-9739-2dfe598c3fcd\n',
  ])('of a caller are none if they are not: %j', (text) => {
    expect(asRequestId(text)).toBeUndefined()
  })
})
