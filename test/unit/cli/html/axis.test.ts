import { scaleLinear } from 'd3-scale'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { horizontalAxis, logTicks, roundLogDomain } from '../../../../cli/report/html/axis.ts'

const range = fc
  .tuple(
    fc.double({ min: 0.001, max: 1e6, noNaN: true }),
    fc.double({ min: 1, max: 1e5, noNaN: true }),
  )
  .map(([low, factor]): [number, number] => [low, low * factor])

describe('a logarithmic axis', () => {
  it('has steps as fine as there is room for', () => {
    expect(logTicks(1, 100, 7)).toEqual([1, 2, 5, 10, 20, 50, 100])
    expect(logTicks(1, 100, 6)).toEqual([1, 3, 10, 30, 100])
    expect(logTicks(1, 100, 4)).toEqual([1, 10, 100])
  })

  it('begins and ends at one digit', () => {
    expect(roundLogDomain(0.43, 118)).toEqual([0.4, 150])
    expect(roundLogDomain(1, 100)).toEqual([1, 100])
  })

  it('has room for a single value', () => {
    const [low, high] = roundLogDomain(10, 10)
    expect(low).toBeLessThan(10)
    expect(high).toBeGreaterThan(10)
  })

  it('contains all that it was made for, and ticks within it', () => {
    fc.assert(
      fc.property(range, ([low, high]) => {
        const [from, to] = roundLogDomain(low, high)
        expect(from).toBeLessThanOrEqual(low * (1 + 1e-9))
        expect(to).toBeGreaterThanOrEqual(high * (1 - 1e-9))
        for (const tick of logTicks(from, to, 12)) {
          expect(tick).toBeGreaterThanOrEqual(from * 0.99)
          expect(tick).toBeLessThanOrEqual(to * 1.01)
        }
      }),
    )
  })
})

describe('the labels of an axis', () => {
  const box = { left: 0, right: 100, top: 0, bottom: 50 }
  const scale = scaleLinear([0, 100], [0, 100])
  const labelled = (values: readonly number[]): number =>
    horizontalAxis({
      scale,
      ticks: values.map((value) => ({ value, label: '1,000' })),
      box,
    }).markup.split('<text').length - 1

  it('are all there where there is room', () => {
    expect(labelled([0, 50, 100])).toBe(3)
  })

  it('do not stick out to either side, and stand under their lines otherwise', () => {
    const ticks = [0, 50, 100].map((value) => ({ value, label: '1,000' }))
    const { markup } = horizontalAxis({ scale, ticks, box })
    const places = [...markup.matchAll(/<text class="tick" x="(\d+)" y="67" text-anchor="(\w+)"/g)]
    expect(places.map(([, x, anchor]) => [x, anchor])).toEqual([
      ['0', 'start'],
      ['50', 'middle'],
      ['108', 'end'],
    ])
  })

  it('do not lie on one another: the later of two that would is left out', () => {
    expect(labelled([0, 10, 50, 60, 100])).toBe(3)
  })
})
