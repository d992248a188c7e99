import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stopRule } from '../../../../cli/measure/statistics/stop-rule.ts'
import { verdictOf } from '../../../../cli/measure/statistics/verdict-policy.ts'
import {
  isWarmedUp,
  MOST_WARM_UP_CALLS,
  warmUpState,
} from '../../../../cli/measure/statistics/warm-up-policy.ts'
import { seededRandom } from '../../../../runtime/kernel/random.ts'
import { standardNormal, syntheticRuns } from './synthetic-runs.ts'

const verdict = (
  value: number,
  low: number,
  high: number,
  pValue: number | null = 0.01,
  isUnanimous = false,
) =>
  verdictOf({
    ratio: { value, interval: { low, high } },
    smallestEffect: 0.05,
    pValue,
    isUnanimous,
  })

describe('the verdict', () => {
  it('is slower only when all of the interval is, and by as much as matters', () => {
    expect(verdict(1.1, 1.04, 1.16)).toBe('slower')
    expect(verdict(1.05, 1.0001, 1.2)).toBe('slower')
    expect(verdict(1.0499, 1.0001, 1.09)).toBe('no difference shown')
    expect(verdict(1.1, 0.9999, 1.3)).toBe('too noisy')
  })

  it('is faster as the mirror image', () => {
    expect(verdict(0.9, 0.86, 0.96)).toBe('faster')
    expect(verdict(1 / 1.05, 0.9, 0.9999)).toBe('faster')
    expect(verdict(1 / 1.0499, 0.92, 0.9999)).toBe('no difference shown')
  })

  it('is that no difference was shown where one that matters would have been seen', () => {
    expect(verdict(1, 0.97, 1.03, 0.8)).toBe('no difference shown')
    // A difference for sure, and too small to matter.
    expect(verdict(1.02, 1.01, 1.03)).toBe('no difference shown')
    expect(verdict(1.01, 0.97, 1.06, 0.6)).toBe('no difference shown')
  })

  it('is too noisy where it may hide one', () => {
    expect(verdict(1, 0.93, 1.07, 0.9)).toBe('too noisy')
    expect(verdict(1.04, 1.001, 1.2)).toBe('too noisy')
    expect(verdict(1.06, 0.99, 1.08)).toBe('too noisy')
  })

  it('is too noisy without an interval, however large the ratio', () => {
    const ratio = { value: 7, interval: null }
    const sure = { smallestEffect: 0.05, pValue: 0.001, isUnanimous: true }
    expect(verdictOf({ ratio, ...sure })).toBe('too noisy')
    expect(verdict(Number.NaN, Number.NaN, Number.NaN)).toBe('too noisy')
    expect(verdict(Number.POSITIVE_INFINITY, 1, Number.POSITIVE_INFINITY)).toBe('too noisy')
  })

  it('asks the permutation test, which all runs together may overrule', () => {
    expect(verdict(1.1, 1.04, 1.16, 0.05)).toBe('slower')
    expect(verdict(1.1, 1.04, 1.16, 0.051)).toBe('too noisy')
    expect(verdict(1.1, 1.04, 1.16, null)).toBe('too noisy')
    expect(verdict(1.1, 1.04, 1.16, 0.0625, true)).toBe('slower')
    expect(verdict(0.9, 0.86, 0.96, 0.0625, true)).toBe('faster')
  })

  it('turns round when both are swapped', () => {
    const ratio = fc.double({ min: 0.5, max: 2, noNaN: true })
    const share = fc.double({ min: 0, max: 0.3, noNaN: true })
    const mirrored = { slower: 'faster', faster: 'slower' } as Record<string, string>
    fc.assert(
      fc.property(ratio, share, share, fc.double({ min: 0, max: 1, noNaN: true }), (...all) => {
        const [value, down, up, p] = all
        const [low, high] = [value / (1 + down), value * (1 + up)]
        const one = verdict(value, low, high, p)
        expect(verdict(1 / value, 1 / high, 1 / low, p)).toBe(mirrored[one] ?? one)
      }),
    )
  })
})

describe('the rule that ends the runs', () => {
  const SHAPE = { runs: 10, samples: 40, between: 0.005, within: 0.05, medianMs: 10 }
  const settings = { untilCi: 0.05, mostRuns: 20, seed: 1 }
  const narrow = syntheticRuns(SHAPE, seededRandom(1))
  const wide = syntheticRuns({ ...SHAPE, between: 0.5 }, seededRandom(2))

  it('stops once every median is known well enough', () => {
    const { stop, worst } = stopRule([narrow, narrow], settings)
    expect(stop).toBe(true)
    expect(worst).toBeGreaterThan(0)
    expect(worst).toBeLessThanOrEqual(0.05)
  })

  it('goes on for the one that is not', () => {
    const { stop, worst } = stopRule([narrow, wide], settings)
    expect(stop).toBe(false)
    expect(worst).toBeGreaterThan(0.05)
  })

  it('ends at the most runs all the same, and not one before', () => {
    expect(stopRule([wide], { ...settings, mostRuns: 10 }).stop).toBe(true)
    expect(stopRule([wide], { ...settings, mostRuns: 11 }).stop).toBe(false)
  })

  it('waits for five runs, and for the samples that a median takes', () => {
    expect(stopRule([narrow.slice(0, 4)], settings)).toEqual({ stop: false, worst: null })
    expect(stopRule([narrow.slice(0, 5)], settings).stop).toBe(true)
    const thin = narrow.slice(0, 5).map((run) => run.slice(0, 3))
    expect(stopRule([narrow, thin], settings)).toEqual({ stop: false, worst: null })
  })

  it('does not wait for a series that is not measured', () => {
    expect(stopRule([narrow, []], settings).stop).toBe(true)
    expect(stopRule([narrow, narrow.map(() => [])], settings).stop).toBe(true)
    expect(stopRule([], settings)).toEqual({ stop: false, worst: null })
  })
})

describe('the warm-up', () => {
  const constant = (calls: number, ms = 1) => Array.from({ length: calls }, () => ms)

  it('is over after fifteen calls that take the same, and not before', () => {
    for (let calls = 0; calls < 15; calls += 1) expect(isWarmedUp(constant(calls))).toBe(false)
    expect(warmUpState(constant(15))).toBe('settled')
  })

  it('goes on while windows become faster, and ends three windows later', () => {
    const cooling = [9, 7, 5, 4, 3, 2].flatMap((ms) => constant(5, ms))
    const calls = [...cooling, ...constant(40, 1)]
    const first = calls.findIndex((_, index) => isWarmedUp(calls.slice(0, index + 1)))
    expect(first + 1).toBe(cooling.length + 15)
  })

  it('is not kept up by a single slow call', () => {
    expect(warmUpState([...constant(7), 50, ...constant(7)])).toBe('settled')
  })

  it('takes 4.9 % for the same, and not 5.1 %', () => {
    expect(isWarmedUp([...constant(10, 1), ...constant(5, 1.049)])).toBe(true)
    expect(isWarmedUp([...constant(10, 1), ...constant(5, 1.051)])).toBe(false)
  })

  it('is given up after two hundred calls that never settle', () => {
    const restless = Array.from({ length: 300 }, (_, index) => 1.1 ** Math.floor(index / 5))
    expect(warmUpState(restless.slice(0, MOST_WARM_UP_CALLS - 1))).toBe('warming up')
    expect(warmUpState(restless.slice(0, MOST_WARM_UP_CALLS))).toBe('given up')
  })

  it('ends soon for calls that only scatter', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const random = seededRandom(seed)
      const calls = Array.from({ length: 200 }, () => Math.exp(0.3 * standardNormal(random)))
      const first = calls.findIndex((_, index) => isWarmedUp(calls.slice(0, index + 1)))
      expect(warmUpState(calls.slice(0, first + 1))).toBe('settled')
    }
  })
})
