import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSandlotError } from '../../../runtime/kernel/errors.ts'
import type { KeepAliveOptions } from '../../../runtime/scheduler/keep-alive/keep-alive.ts'
import {
  keepAliveText,
  parseKeepAlive,
} from '../../../runtime/scheduler/keep-alive/keep-alive-text.ts'

const refused = (text: string): string => {
  try {
    parseKeepAlive(text)
  } catch (error) {
    if (isSandlotError(error) && error.code === 'InvalidParameterValue') return error.message
    throw error
  }
  return 'not refused'
}

const TIME = "must be a time from 1ms to 24h, in ms, s, m or h, such as 'fixed:10m'"

describe('a keep-alive policy in words', () => {
  it.each([
    ['fixed:10m', { kind: 'fixed', lifetimeUs: 600_000_000 }],
    ['fixed:1ms', { kind: 'fixed', lifetimeUs: 1_000 }],
    ['fixed:24h', { kind: 'fixed', lifetimeUs: 86_400_000_000 }],
    ['fixed:1.5s', { kind: 'fixed', lifetimeUs: 1_500_000 }],
    ['drawn:5m..20m', { kind: 'drawn', leastUs: 300_000_000, mostUs: 1_200_000_000 }],
    ['drawn:5m..5m', { kind: 'drawn', leastUs: 300_000_000, mostUs: 300_000_000 }],
    // As short as '150s': the larger unit.
    ['fixed:2.5m', { kind: 'fixed', lifetimeUs: 150_000_000 }],
    ['hybrid', { kind: 'hybrid' }],
    ['greedy-dual', { kind: 'greedy-dual' }],
    ['none', { kind: 'none' }],
  ])('%s is read', (text, options) => {
    expect(parseKeepAlive(text)).toEqual(options)
    expect(keepAliveText(parseKeepAlive(text))).toBe(text)
  })

  it.each([
    ['fixed', `'' ${TIME}`],
    ['fixed:', `'' ${TIME}`],
    ['fixed:10', `'10' ${TIME}`],
    ['fixed:0.9ms', `'0.9ms' ${TIME}`],
    ['fixed:0.9994ms', `'0.9994ms' ${TIME}`],
    ['fixed:24.1h', `'24.1h' ${TIME}`],
    ['fixed:-1s', `'-1s' ${TIME}`],
    ['fixed:1M', `'1M' ${TIME}`],
    [
      'drawn:5m..9',
      "'9' must be a time from 1ms to 24h, in ms, s, m or h, such as 'drawn:5m..20m'",
    ],
    ['drawn:5m', "takes two times with '..' between them, such as 'drawn:5m..20m'"],
    ['drawn:20m..5m', "the first time is the longer one: write 'drawn:5m..20m'"],
    ['none:', "takes no time: write 'none'"],
    ['hybrid:5m', "takes no time: write 'hybrid'"],
    [
      'lru',
      "must be fixed:TIME, drawn:TIME..TIME, hybrid, greedy-dual or none, such as 'fixed:10m'",
    ],
  ])('%s is refused', (text, problem) => {
    expect(refused(text)).toBe(`Keep-alive '${text}': ${problem}`)
  })

  it.each([
    ['fixed:0.9995ms', 1_000],
    ['fixed:1.0004ms', 1_000],
    ['fixed:1.0006ms', 1_001],
  ])('%s is read to the nearest microsecond', (text, lifetimeUs) => {
    expect(parseKeepAlive(text)).toEqual({ kind: 'fixed', lifetimeUs })
  })

  it('is read back as what was written', () => {
    const time = fc.integer({ min: 1_000, max: 86_400_000_000 })
    const policies: fc.Arbitrary<KeepAliveOptions> = fc.oneof(
      time.map((lifetimeUs) => ({ kind: 'fixed' as const, lifetimeUs })),
      fc.tuple(time, time).map(([a, b]) => ({
        kind: 'drawn' as const,
        leastUs: Math.min(a, b),
        mostUs: Math.max(a, b),
      })),
      fc.constantFrom<KeepAliveOptions>(
        { kind: 'hybrid' },
        { kind: 'greedy-dual' },
        { kind: 'none' },
      ),
    )
    fc.assert(
      fc.property(policies, (options) => {
        expect(parseKeepAlive(keepAliveText(options))).toEqual(options)
      }),
    )
  })
})
