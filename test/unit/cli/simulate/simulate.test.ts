import { describe, expect, it } from 'vitest'
import { planOf } from '../../../../cli/measure/simulate/plan-of.ts'
import { type Advance, simulate } from '../../../../cli/measure/simulate/simulate.ts'
import {
  checkTogether,
  simulateOptions,
} from '../../../../cli/measure/simulate/simulate-options.ts'
import { checkOptions } from '../../../../cli/options.ts'

const TIMES = { runTime: '100ms', coldStart: '500ms' }

function plan(given: Readonly<Record<string, string>>) {
  const options = checkOptions(simulateOptions, { ...TIMES, ...given })
  checkTogether(options)
  return planOf(options)
}

const POISSON = { rate: '300', duration: '20s', arrivals: 'poisson' }

describe('simulating', () => {
  it('has the same outcome for the same seed, and throttles with the reason', async () => {
    const outcomeFor = async (seed: string) => {
      const { policies } = await simulate(plan({ ...POISSON, accountConcurrency: '20', seed }))
      return policies[0]?.outcome
    }
    const first = await outcomeFor('7')
    expect(await outcomeFor('7')).toEqual(first)
    expect((await outcomeFor('8'))?.fingerprint).not.toBe(first?.fingerprint)
    const { throttles = {}, completed = 0, arrived } = first ?? {}
    expect(Object.keys(throttles)).toContain('ConcurrentInvocationLimitExceeded')
    const throttled = Object.values(throttles).reduce((sum, count) => sum + count, 0)
    expect(completed + throttled).toBe(arrived)
  })

  it('has every policy see the same invocations, and each name its own', async () => {
    const { policies, complete } = await simulate(
      plan({ ...POISSON, policy: 'fixed:1m,hybrid,none' }),
    )
    expect(policies.map(({ policy }) => policy)).toEqual(['fixed:1m', 'hybrid', 'none'])
    expect(new Set(policies.map(({ outcome }) => outcome.arrived)).size).toBe(1)
    expect(policies.every(({ cost }) => cost.totalUsd > 0)).toBe(true)
    expect(complete).toBe(true)
  })

  it('tells how far it is, all policies together', async () => {
    const seen: Advance[] = []
    await simulate(plan({ rate: '1000', duration: '20s', policy: 'fixed:1m,hybrid' }), {
      onAdvance: (advance) => seen.push(advance),
    })
    expect(new Set(seen.map(({ index, policy }) => `${index} ${policy}`))).toEqual(
      new Set(['0 fixed:1m', '1 hybrid']),
    )
    const arrived = seen.map((each) => each.arrived)
    expect(arrived).toEqual(arrived.toSorted((a, b) => a - b))
    expect(arrived.at(-1)).toBeGreaterThan(20_000)
    expect(seen.every(({ share, policies }) => share > 0 && share <= 1 && policies === 2)).toBe(
      true,
    )
  })

  it('tells what it has when it is interrupted, and begins no further policy', async () => {
    const interruption = new AbortController()
    const { complete, policies } = await simulate(
      plan({ rate: '1000', duration: '20s', policy: 'fixed:1m,hybrid' }),
      { onAdvance: () => interruption.abort(), signal: interruption.signal },
    )
    expect(complete).toBe(false)
    expect(policies).toMatchObject([{ policy: 'fixed:1m', complete: false }])
    const { arrived = 0, simulatedMs = 0 } = policies[0]?.outcome ?? {}
    expect(arrived).toBeLessThan(20_000)
    expect(simulatedMs).toBeLessThan(20_000)
    expect(arrived).toBeGreaterThan(0)
  })
})
