import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seedPng } from '../../../../cli/measure/workloads/seed-png.ts'
import { downscale } from '../../../../handlers/workloads/downscale.ts'
import type { Pixels } from '../../../../handlers/workloads/pixels.ts'
import { decodePng } from '../../../../handlers/workloads/png-decoder.ts'
import { encodePng } from '../../../../handlers/workloads/png-encoder.ts'

const pixels: fc.Arbitrary<Pixels> = fc
  .record({
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 9 }),
    channels: fc.constantFrom<3 | 4>(3, 4),
  })
  .chain((size) => {
    const length = size.width * size.height * size.channels
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((data) => ({ ...size, data: new Uint8Array(data) }))
  })

const plain = ({ data, ...size }: Pixels) => ({ ...size, data: [...data] })

describe('a PNG', () => {
  it.each([0, 1, 2, 3, 4])('comes back as it was with every row in filter %i', (filter) => {
    fc.assert(
      fc.property(pixels, (image) => {
        expect(plain(decodePng(encodePng(image, () => filter)))).toEqual(plain(image))
      }),
      { numRuns: 30 },
    )
  })

  it('comes back as it was with another filter for each row, and with those of our choice', () => {
    fc.assert(
      fc.property(pixels, fc.nat(4), (image, first) => {
        const mixed = encodePng(image, (row) => (first + row) % 5)
        expect(plain(decodePng(mixed))).toEqual(plain(image))
        expect(plain(decodePng(encodePng(image)))).toEqual(plain(image))
      }),
      { numRuns: 50 },
    )
  })

  it.each([
    [
      'one red pixel',
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
      { width: 1, height: 1, channels: 4, data: [255, 0, 0, 255] },
    ],
    [
      'two rows, their data in two parts, and a text',
      'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAB0lEQVR42mP8z8DA/TsaIAAAABZJREFULSL37c1Dlv+MDEz/mBn//wcASQMIB3lwRroAAAADdEVYdGEAYtxJojsAAAAASUVORK5CYII=',
      {
        width: 3,
        height: 2,
        channels: 3,
        data: [255, 0, 0, 10, 20, 30, 0, 0, 255, 254, 1, 0, 12, 18, 33, 1, 255, 254],
      },
    ],
  ])('is read as another program has written it: %s', (_, text, image) => {
    expect(plain(decodePng(Buffer.from(text, 'base64')))).toEqual(image)
  })

  const one = Buffer.from(
    encodePng({ width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }),
  )
  const changed = (at: number, value: number): Buffer => {
    const copy = Buffer.from(one)
    copy[at] = value
    return copy
  }

  it.each([
    ['no PNG', Buffer.from('text'), 'This is not a PNG'],
    ['one that ends in a chunk', one.subarray(0, 40), 'This PNG ends too early'],
    ['one without an end', one.subarray(0, one.length - 12), 'This PNG ends too early'],
    [
      'one with another byte in it',
      changed(19, 3),
      'This PNG is damaged: the checksum of its IHDR chunk is another',
    ],
  ])('is refused when it is %s', (_, bytes, message) => {
    expect(() => decodePng(bytes)).toThrow(new Error(message))
  })

  it('is refused when it is of a kind that nobody needs here', () => {
    const message = 'Only PNGs of 8 bits, RGB or RGBA, not interlaced, can be read'
    const grey = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
      'base64',
    )
    expect(() => decodePng(grey)).toThrow(new Error(message))
  })

  it('is refused when it has a filter that there is not', () => {
    const image: Pixels = { width: 1, height: 1, channels: 3, data: new Uint8Array(3) }
    expect(() => encodePng(image, () => 5)).toThrow(
      new Error('This PNG has a filter of type 5; there are 0 to 4'),
    )
  })
})

describe('making an image smaller', () => {
  const grey = (...values: number[]): Uint8Array =>
    Uint8Array.from(values.flatMap((value) => [value, value, value]))

  it('averages what a new pixel covers, parts of pixels too', () => {
    const image: Pixels = { width: 3, height: 1, channels: 3, data: grey(0, 90, 210) }
    // The first covers all of 0 and half of 90.
    expect([...downscale(image, 2, 1).data]).toEqual([...grey(30, 170)])
  })

  it('changes nothing at the same size', () => {
    fc.assert(
      fc.property(pixels, (image) => {
        const opaque = image.data.map((byte, at) =>
          image.channels === 4 && at % 4 === 3 ? 255 : byte,
        )
        const { data } = downscale({ ...image, data: opaque }, image.width, image.height)
        expect([...data]).toEqual([...opaque])
      }),
    )
  })

  it('does not let what is transparent colour what is not', () => {
    const data = Uint8Array.of(255, 0, 0, 255, 0, 0, 255, 0)
    expect([...downscale({ width: 2, height: 1, channels: 4, data }, 1, 1).data]).toEqual([
      255, 0, 0, 128,
    ])
  })
})

describe('the picture in the store', () => {
  it('is the same bytes each time, and a PNG', () => {
    const png = seedPng(20, 10, 1)
    expect(png.equals(seedPng(20, 10, 1))).toBe(true)
    expect(png.equals(seedPng(20, 10, 2))).toBe(false)
    expect(decodePng(png)).toMatchObject({ width: 20, height: 10, channels: 3 })
  })
})
