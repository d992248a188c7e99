import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IdleHistogram } from '../../../runtime/scheduler/keep-alive/idle-histogram.ts'

const MINUTE = 60_000_000
const HOUR = 60 * MINUTE

/** Of idle times in minutes, each so often. */
function histogramOf(...minutes: readonly (readonly [minute: number, times: number])[]) {
  const histogram = new IdleHistogram()
  for (const [minute, times] of minutes) {
    for (let made = 0; made < times; made += 1) histogram.add(minute * MINUTE)
  }
  return histogram
}

/** All that the histogram says. */
const said = ({ inRange, outOfRange, sumOfSquares, headBin, tailBin }: IdleHistogram) => ({
  inRange,
  outOfRange,
  sumOfSquares,
  headBin,
  tailBin,
})

/** The same, counted anew from a list. */
function counted(idleUs: readonly number[]) {
  const bins = idleUs.filter((us) => us < 4 * HOUR).map((us) => Math.trunc(us / MINUTE))
  const counts = Array.from({ length: 240 }, (_, bin) => bins.filter((each) => each === bin).length)
  const percentile = (hundredths: number): number => {
    let upTo = 0
    for (const [bin, count] of counts.entries()) {
      upTo += count
      // In whole numbers: at least so many in a hundred.
      if (upTo * 100 >= hundredths * bins.length) return bin
    }
    return 0
  }
  return {
    inRange: bins.length,
    outOfRange: idleUs.length - bins.length,
    sumOfSquares: counts.reduce((sum, count) => sum + count * count, 0),
    headBin: percentile(5),
    tailBin: percentile(99),
  }
}

describe('the histogram of idle times', () => {
  it('has nothing in it at first', () => {
    const nothing = { inRange: 0, outOfRange: 0, sumOfSquares: 0, headBin: 0, tailBin: 0 }
    expect(said(new IdleHistogram())).toEqual(nothing)
  })

  it.each([
    [0, 0],
    [MINUTE - 1, 0],
    [MINUTE, 1],
    [2 * MINUTE - 1, 1],
    [4 * HOUR - MINUTE - 1, 238],
    [4 * HOUR - MINUTE, 239],
    [4 * HOUR - 1, 239],
  ])('counts %d µs in bin %d', (idleUs, bin) => {
    const histogram = new IdleHistogram()
    histogram.add(idleUs)
    const one = { inRange: 1, outOfRange: 0, sumOfSquares: 1, headBin: bin, tailBin: bin }
    expect(said(histogram)).toEqual(one)
  })

  it('counts four hours and more apart, without moving the percentiles', () => {
    const histogram = histogramOf([7, 3])
    histogram.add(4 * HOUR)
    histogram.add(1_000 * HOUR)
    const three = { inRange: 3, outOfRange: 2, sumOfSquares: 9, headBin: 7, tailBin: 7 }
    expect(said(histogram)).toEqual(three)
  })

  it('has the bins that 5 and 99 of a hundred reach as its head and tail', () => {
    const each = (count: number) => Array.from({ length: count }, (_, at) => [at + 1, 1] as const)
    expect(said(histogramOf(...each(100)))).toMatchObject({ headBin: 5, tailBin: 99 })
    // 5 % of 101 is more than five: the sixth. 99 % is 99.99: the hundredth.
    expect(said(histogramOf(...each(101)))).toMatchObject({ headBin: 6, tailBin: 100 })
  })

  it('leaves the longest one in a hundred out of the tail, but not one in 99', () => {
    expect(histogramOf([5, 99], [200, 1]).tailBin).toBe(5)
    expect(histogramOf([5, 98], [200, 1]).tailBin).toBe(200)
  })

  it('leaves the shortest one in 21 out of the head, but not one in 20', () => {
    expect(histogramOf([50, 20], [3, 1]).headBin).toBe(50)
    expect(histogramOf([50, 19], [3, 1]).headBin).toBe(3)
  })

  it('moves its head and tail to and fro as times are added', () => {
    const histogram = histogramOf([50, 10])
    histogram.add(3 * MINUTE)
    expect(said(histogram)).toMatchObject({ headBin: 3, tailBin: 50 })
    histogram.add(90 * MINUTE)
    expect(said(histogram)).toMatchObject({ headBin: 3, tailBin: 90 })
    for (let made = 0; made < 100; made += 1) histogram.add(50 * MINUTE)
    expect(said(histogram)).toMatchObject({ headBin: 50, tailBin: 50 })
  })

  it.each([-1, Number.NaN])('refuses an idle time of %d', (idleUs) => {
    expect(() => new IdleHistogram().add(idleUs)).toThrow(
      'Invariant broken: an idle time ends before it begins',
    )
  })

  const idleTime = fc.oneof(
    { weight: 4, arbitrary: fc.nat(4 * HOUR - 1) },
    // Many in few bins, for the percentiles to have bins of more than one to stop in.
    { weight: 4, arbitrary: fc.nat(5 * MINUTE) },
    { weight: 1, arbitrary: fc.integer({ min: 4 * HOUR - 2, max: 5 * HOUR }) },
  )

  it('says after each time what one would count anew', () => {
    fc.assert(
      fc.property(fc.array(idleTime, { maxLength: 60 }), (idleUs) => {
        const histogram = new IdleHistogram()
        for (const [at, us] of idleUs.entries()) {
          histogram.add(us)
          expect(said(histogram)).toEqual(counted(idleUs.slice(0, at + 1)))
        }
      }),
      { numRuns: 30 },
    )
  })

  it('says the same of many, in whatever order they came', () => {
    fc.assert(
      fc.property(fc.array(idleTime, { minLength: 200, maxLength: 400 }), (idleUs) => {
        const [asTheyCame, backwards] = [new IdleHistogram(), new IdleHistogram()]
        for (const us of idleUs) asTheyCame.add(us)
        for (const us of [...idleUs].reverse()) backwards.add(us)
        expect(said(backwards)).toEqual(said(asTheyCame))
        expect(said(asTheyCame)).toEqual(counted(idleUs))
      }),
      { numRuns: 30 },
    )
  })
})
