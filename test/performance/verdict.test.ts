import { describe, expect, it } from 'vitest'
import { differences, figure, intervalOfMedian, ratios } from './figures.ts'
import type { Bounds } from './measurement.ts'
import { verdictOf } from './verdict.ts'

const verdict = (values: readonly number[], promised: Bounds) =>
  verdictOf(figure('it', 'times', values, promised))

describe('a promise', () => {
  const around = (middle: number): number[] =>
    Array.from({ length: 21 }, (_, index) => middle + (index - 10) / 100)

  it('is kept when the median is within its bounds, which belong to it', () => {
    expect(verdict(around(2), { atMost: 2 })).toBe('ok')
    expect(verdict(around(2), { atLeast: 2 })).toBe('ok')
    expect(verdict(around(2), { atLeast: 1.5, atMost: 2.5 })).toBe('ok')
  })

  it('is broken when the median is beyond them, and with it all that it could have been', () => {
    expect(verdict(around(2.2), { atMost: 2 })).toBe('broken')
    expect(verdict(around(1.8), { atLeast: 2 })).toBe('broken')
    expect(verdict(around(2.7), { atLeast: 1.5, atMost: 2.5 })).toBe('broken')
  })

  it('is unclear when the median is beyond them by chance, for all one can tell', () => {
    expect(verdict(around(2.01), { atMost: 2 })).toBe('unclear')
    expect(verdict(around(1.99), { atLeast: 2 })).toBe('unclear')
  })

  it('about a single count is kept or broken', () => {
    expect(verdict([0], { atMost: 0 })).toBe('ok')
    expect(verdict([1], { atMost: 0 })).toBe('broken')
    expect(verdict([999], { atLeast: 1_000, atMost: 1_000 })).toBe('broken')
  })

  it('is broken where there is no figure', () => {
    expect(verdict([Number.NaN], { atMost: 2 })).toBe('broken')
    expect(verdict([], { atMost: 2 })).toBe('broken')
  })

  it('is none where nothing was promised', () => {
    expect(verdictOf(figure('it', 'ms', [1, 2, 3]))).toBeUndefined()
  })
})

describe('the interval of a median', () => {
  it('holds all values where they are few, and the middle ones where they are many', () => {
    expect(intervalOfMedian([3, 1, 2])).toEqual([1, 3])
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
    const [low, high] = intervalOfMedian(hundred)
    expect([low, high]).toEqual([40, 61])
  })
})

describe('two variants', () => {
  it('are compared round by round', () => {
    expect(differences([30, 60], [20, 40])).toEqual([10, 20])
    expect(ratios([30, 60], [20, 40])).toEqual([1.5, 1.5])
  })
})
