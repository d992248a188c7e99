import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planVisits } from '../../../cli/measure/bench-plan.ts'
import { variantsOf } from '../../../cli/measure/variants.ts'
import { seededRandom } from '../../../runtime/kernel/random.ts'

const named = (...targets: string[]) =>
  variantsOf(
    targets.map((target) => ({
      target,
      payload: '{}',
      input: { name: target, handler: 'x.handler', rootDir: '/' },
    })),
    { isolations: ['process', 'thread'], memorySizesMb: undefined },
  )

const plan = (seed: number, cold = 5, warm = 12) =>
  planVisits(named('a', 'b', 'c'), { cold, warm }, seededRandom(seed))

describe('a plan', () => {
  it('visits every variant once in every round, and shares out the warm calls', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 30 }),
        fc.nat({ max: 500 }),
        (seed, cold, warm) => {
          const all = plan(seed, cold, warm)
          const visits = all.filter(({ isWarmUp }) => !isWarmUp)
          expect(visits).toHaveLength(6 * cold)
          for (let round = 0; round < cold; round += 1) {
            const names = visits.slice(6 * round, 6 * round + 6).map((visit) => visit.variant)
            expect(new Set(names).size).toBe(6)
          }
          for (const variant of new Set(visits.map((visit) => visit.variant))) {
            const calls = visits.filter((visit) => visit.variant === variant)
            const shares = calls.map(({ warmCalls }) => warmCalls)
            expect(shares.reduce((sum, share) => sum + share, 0)).toBe(warm)
            expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
          }
        },
      ),
    )
  })

  it('begins with a round of cold starts that is not counted', () => {
    const first = plan(1).slice(0, 6)
    expect(new Set(first.map(({ variant }) => variant)).size).toBe(6)
    for (const visit of first) expect(visit).toMatchObject({ isWarmUp: true, warmCalls: 0 })
    expect(
      plan(1)
        .slice(6)
        .some(({ isWarmUp }) => isWarmUp),
    ).toBe(false)
  })

  it('is the same for the same seed, and another for another', () => {
    const orderOf = (seed: number) => plan(seed).map(({ variant }) => variant.input.name)
    expect(orderOf(1)).toEqual(orderOf(1))
    expect(orderOf(1)).not.toEqual(orderOf(2))
  })

  it('orders the rounds differently', () => {
    const names = plan(1).map(({ variant }) => variant.input.name)
    const rounds = [0, 6, 12, 18, 24].map((start) => names.slice(start, start + 6).join())
    expect(new Set(rounds).size).toBeGreaterThan(1)
  })
})

describe('variants', () => {
  it('are every function in every kind of sandbox and of every size', () => {
    const input = { name: 'f', logicalId: 'F', handler: 'x.handler', rootDir: '/' }
    const variants = variantsOf([{ target: 't', payload: '1', input }], {
      isolations: ['process', 'thread'],
      memorySizesMb: [128, 512],
    })
    expect(variants.map(({ isolation, memorySizeMb }) => [isolation, memorySizeMb])).toEqual([
      ['process', 128],
      ['process', 512],
      ['thread', 128],
      ['thread', 512],
    ])
    expect(variants[1]).toMatchObject({
      target: 't',
      payload: '1',
      input: { memorySizeMb: 512, isolation: 'process' },
    })
  })

  it('have names that no other has, and the first keeps its own', () => {
    const names = [...named('a', 'a-2'), ...named('b')].map(({ input }) => input.name)
    expect(names).toEqual(['a', 'a-2', 'a-2-2', 'a-2-3', 'b', 'b-2'])
    const long = named('x'.repeat(64)).map(({ input }) => input.name)
    expect(long.every((name) => name.length <= 64)).toBe(true)
  })

  it('keep the size that the function has unless told otherwise', () => {
    const [variant] = variantsOf(
      [
        {
          target: 't',
          payload: '',
          input: { name: 'f', handler: 'h', rootDir: '/', memorySizeMb: 256 },
        },
      ],
      { isolations: ['process'], memorySizesMb: undefined },
    )
    expect(variant?.memorySizeMb).toBe(256)
  })
})
