import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../cli/exit-codes.ts'
import { benchOptions, checkTogether } from '../../../cli/measure/bench/bench-options.ts'
import {
  type BenchPlan,
  blockOrder,
  spreadOverRuns,
  variantId,
  variantsToRun,
} from '../../../cli/measure/bench/bench-plan.ts'
import {
  type Measurand,
  type VariantSettings,
  variantsOf,
} from '../../../cli/measure/bench/variants.ts'
import type { NodeBinary } from '../../../cli/measure/node-binary.ts'
import { checkOptions } from '../../../cli/options.ts'
import { seededRandom } from '../../../runtime/kernel/random.ts'

const node = (version: string, path = `/opt/${version}/node`): NodeBinary => ({
  path,
  version,
  runsTypeScript: false,
})

const usual: VariantSettings = {
  isolations: ['process'],
  memorySizesMb: undefined,
  confinements: undefined,
  nodes: [node('v20.19.0')],
}

const measurand = (target: string, more: Partial<Measurand> = {}): Measurand => ({
  target,
  payload: '{}',
  build: null,
  input: { name: target, handler: 'x.handler', rootDir: '/' },
  ...more,
})

const labels = (measurands: readonly Measurand[], settings: Partial<VariantSettings> = {}) =>
  variantsOf(measurands, { ...usual, ...settings }).map(({ label }) => label)

describe('the amount of a run', () => {
  it('is the total spread over the runs, and never less', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.nat({ max: 5_000 }),
        fc.integer({ min: 1, max: 50 }),
        (cold, warm, runs) => {
          const spread = spreadOverRuns({ cold, warm }, { runs, usual: 10 })
          expect(spread.runs).toBe(runs)
          expect(spread.coldPerRun * runs).toBeGreaterThanOrEqual(cold)
          expect(spread.coldPerRun * runs).toBeLessThan(cold + runs)
          expect(spread.warmPerRun * runs).toBeGreaterThanOrEqual(warm)
          expect(spread.warmPerRun * runs).toBeLessThan(warm + runs)
        },
      ),
    )
  })

  it('is of the usual number of runs unless there are fewer cold starts than that', () => {
    const amount = (cold: number) =>
      spreadOverRuns({ cold, warm: 30 }, { runs: undefined, usual: 10 })
    expect(amount(100)).toEqual({ runs: 10, coldPerRun: 10, warmPerRun: 3 })
    expect(amount(4)).toEqual({ runs: 4, coldPerRun: 1, warmPerRun: 8 })
  })
})

describe('a block', () => {
  it('has one run of every variant', () => {
    fc.assert(
      fc.property(fc.nat({ max: 40 }), fc.nat(), (count, seed) => {
        const order = blockOrder(count, seededRandom(seed))
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
      }),
    )
  })

  it('has the order of its seed, and another one than the block before it', () => {
    const blocks = (seed: number) => {
      const random = seededRandom(seed)
      return Array.from({ length: 5 }, () => blockOrder(6, random).join())
    }
    expect(blocks(1)).toEqual(blocks(1))
    expect(blocks(1)).not.toEqual(blocks(2))
    expect(new Set(blocks(1)).size).toBeGreaterThan(1)
  })
})

describe('variants', () => {
  it('are every function in every kind of sandbox, of every size, on every Node', () => {
    const variants = variantsOf([measurand('f')], {
      ...usual,
      isolations: ['process', 'thread'],
      memorySizesMb: [128, 512],
      nodes: [node('v20.19.0'), node('v22.11.0')],
    })
    expect(
      variants.map(({ input, node: { version } }) => [
        input.isolation,
        input.memorySizeMb,
        version,
      ]),
    ).toEqual([
      ['process', 128, 'v20.19.0'],
      ['process', 128, 'v22.11.0'],
      ['process', 512, 'v20.19.0'],
      ['process', 512, 'v22.11.0'],
      ['thread', 128, 'v20.19.0'],
      ['thread', 128, 'v22.11.0'],
      ['thread', 512, 'v20.19.0'],
      ['thread', 512, 'v22.11.0'],
    ])
    expect(new Set(variants.map(({ label }) => label)).size).toBe(8)
  })

  it('are named by the function, the sandbox, and what is not the same everywhere', () => {
    expect(labels([measurand('f')])).toEqual(['f, process'])
    expect(labels([measurand('f')], { memorySizesMb: [128, 512] })).toEqual([
      'f, process, 128 MB',
      'f, process, 512 MB',
    ])
    expect(labels([measurand('f', { build: 'main' }), measurand('f')])).toEqual([
      'f, process, main',
      'f, process, here',
    ])
    const twoNodes = [node('v20.19.0'), node('v22.11.0')]
    expect(labels([measurand('f')], { nodes: twoNodes })).toEqual([
      'f, process, Node 20.19.0',
      'f, process, Node 22.11.0',
    ])
    const sameVersion = [node('v20.19.0', '/a'), node('v20.19.0', '/b')]
    expect(labels([measurand('f')], { nodes: sameVersion })).toEqual([
      'f, process, /a',
      'f, process, /b',
    ])
  })

  it('that are threads are measured once, however processes are confined', () => {
    const settings = { isolations: ['process', 'thread'], confinements: ['user', 'plain'] } as const
    expect(labels([measurand('f')], settings)).toEqual([
      'f, process, user',
      'f, process, plain',
      'f, thread',
    ])
  })

  it('keep the size that the function has unless told otherwise', () => {
    const input = { name: 'f', handler: 'h', rootDir: '/', memorySizeMb: 256 }
    const [variant] = variantsOf([measurand('f', { input })], usual)
    expect(variant?.input.memorySizeMb).toBe(256)
  })

  it('are each run twice to see what the measuring itself finds', () => {
    const variants = variantsOf([measurand('f'), measurand('g')], usual)
    const names = (aa: boolean) =>
      variantsToRun({ variants, aa } as unknown as BenchPlan).map(({ label }) => label)
    expect(names(false)).toEqual(['f, process', 'g, process'])
    expect(names(true)).toEqual([
      'f, process',
      'f, process again',
      'g, process',
      'g, process again',
    ])
  })

  it('have letters for names', () => {
    expect([0, 25, 26, 27, 701, 702].map(variantId)).toEqual(['A', 'Z', 'AA', 'AB', 'ZZ', 'AAA'])
  })
})

describe('the options of bench', () => {
  const check = (given: Record<string, unknown>) => () =>
    checkTogether(checkOptions(benchOptions, given))

  it.each([
    ['5%', 0.05],
    ['0.05', 0.05],
    ['0.1%', 0.001],
    ['100%', 1],
  ])('take a share as %s', (text, share) => {
    expect(checkOptions(benchOptions, { untilCi: text }).untilCi).toBe(share)
  })

  const SHARE = 'must be a share such as 5% or 0.05, from 0.1% to 100%'

  it.each([
    [{ untilCi: '0.09%' }, `--until-ci 0.09%: ${SHARE}`],
    [{ untilCi: '101%' }, `--until-ci 101%: ${SHARE}`],
    [{ smallestEffect: 'five' }, `--smallest-effect five: ${SHARE}`],
    [{ runs: '0' }, '--runs 0: must be a whole number from 1 to 1000'],
    [{ untilCi: '5%', maxRuns: '4' }, '--max-runs 4: must be a whole number from 5 to 1000'],
    [{ maxRuns: '10' }, '--max-runs is the most that --until-ci may take: name that too'],
    [
      { runs: '10', untilCi: '5%' },
      '--runs and --until-ci: only one of them can say how many runs there are',
    ],
    [{ confinement: 'jail' }, "--confinement jail: must be 'root', 'user' or 'plain'"],
    [{ confinement: 'user,user' }, '--confinement user,user: must not name one twice'],
    [
      { confinement: 'user', isolation: 'thread' },
      '--confinement is about processes: threads are not confined',
    ],
    [{ node: '/a,' }, '--node /a,: must be paths of Node, with commas'],
  ])('refuse %o', (given, message) => {
    expect(check(given)).toThrow(new UsageError(message))
  })

  it('allow what lies just inside', () => {
    expect(check({ untilCi: '0.1%', maxRuns: '5' })).not.toThrow()
    expect(
      check({ runs: '1', confinement: 'user,plain', isolation: 'thread,process' }),
    ).not.toThrow()
  })
})
