import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import { empiricalDraw, quantileDraw } from '../../../runtime/simulation/draws.ts'
import {
  empiricalModel,
  fixedModel,
  quantileModel,
} from '../../../runtime/simulation/latency-models.ts'
import {
  publishedLatency,
  publishedRuntimes,
} from '../../../runtime/simulation/published-latencies.ts'

const DRAWS = 20_000

const drawn = (draw: (random: ReturnType<typeof seededRandom>) => number): number[] => {
  const random = seededRandom(11)
  return Array.from({ length: DRAWS }, () => draw(random)).sort((a, b) => a - b)
}

const at = (ascending: readonly number[], q: number): number =>
  ascending[Math.floor(q * ascending.length)] as number

describe('drawing from measured samples', () => {
  it('stays within them and has their quantiles', () => {
    const samples = Array.from({ length: 101 }, (_, index) => 1_000 + index * index)
    const ascending = drawn(empiricalDraw(samples, 'runs'))
    expect(ascending[0]).toBeGreaterThanOrEqual(1_000)
    expect(ascending.at(-1)).toBeLessThanOrEqual(11_000)
    expect(at(ascending, 0.5)).toBeCloseTo(3_500, -3)
    expect(Math.abs(at(ascending, 0.9) - 9_100)).toBeLessThan(150)
  })

  it('gives the only sample there is', () => {
    expect(new Set(drawn(empiricalDraw([7], 'runs')))).toEqual(new Set([7]))
  })

  it('never leaves the range of any samples', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), fc.nat(), (samples, seed) => {
        const value = empiricalDraw(samples, 'runs')(seededRandom(seed))
        expect(value).toBeGreaterThanOrEqual(Math.min(...samples))
        expect(value).toBeLessThanOrEqual(Math.max(...samples))
      }),
    )
  })

  it.each([
    [[], 'no sample of runs'],
    [[1, Number.NaN], 'a sample of runs that is not a duration'],
    [[1, -1], 'a sample of runs that is not a duration'],
  ])('refuses %j', (samples, message) => {
    expect(() => empiricalDraw(samples, 'runs')).toThrow(message)
  })

  it('draws a start and its init together', () => {
    const model = empiricalModel({
      coldStarts: [
        { totalUs: 300, initUs: 200 },
        { totalUs: 100, initUs: 50 },
      ],
      firstRunsUs: [30],
      runsUs: [20],
      overheadsUs: [1],
    })
    const random = seededRandom(3)
    for (let draw = 0; draw < 100; draw += 1) {
      const { totalUs, initUs } = model.coldStart(random)
      expect(initUs).toBeCloseTo(50 + ((totalUs - 100) / 200) * 150, 6)
    }
    expect([model.firstRunUs(random), model.runUs(random), model.overheadUs(random)]).toEqual([
      30, 20, 1,
    ])
  })

  it('refuses to make a model without cold starts', () => {
    const nothing = { coldStarts: [], firstRunsUs: [1], runsUs: [1], overheadsUs: [1] }
    expect(() => empiricalModel(nothing)).toThrow('no sample of cold starts')
  })
})

describe('drawing through published quantiles', () => {
  it('has these quantiles, and nothing beyond its bounds', () => {
    const ascending = drawn(quantileDraw({ p50: 141, p90: 164, p99: 200 }, 'init'))
    expect(Math.abs(at(ascending, 0.5) / 141 - 1)).toBeLessThan(0.01)
    expect(Math.abs(at(ascending, 0.9) / 164 - 1)).toBeLessThan(0.01)
    expect(Math.abs(at(ascending, 0.99) / 200 - 1)).toBeLessThan(0.02)
    expect(ascending[0]).toBeGreaterThanOrEqual(141 / (164 / 141))
    expect(ascending.at(-1)).toBeLessThanOrEqual(200 * (200 / 164))
  })

  it('refuses quantiles that do not ascend', () => {
    expect(() => quantileDraw({ p50: 3, p90: 2, p99: 4 }, 'init')).toThrow(
      'quantiles of init that do not ascend: 3, 2, 4',
    )
  })

  it.each(publishedRuntimes())('makes a model of %s', (runtime) => {
    const published = publishedLatency(runtime)
    expect(published).toBeDefined()
    if (published === undefined) return
    const model = quantileModel(published, { memoryMb: 512, beyondInitUs: 200_000 })
    const { totalUs, initUs } = model.coldStart(seededRandom(1))
    expect(totalUs).toBe(initUs + 200_000)
    expect(model.overheadUs(seededRandom(1))).toBe(0)
  })

  it('knows nothing of a runtime that was not published', () => {
    expect(publishedLatency('cobol')).toBeUndefined()
  })

  it('takes the first call as published where the handler does nothing, longer where it does', () => {
    const published = publishedLatency('nodejs22.x')
    if (published === undefined) return expect.unreachable()
    const firstRunUs = (memoryMb: number, runUs?: number) =>
      quantileModel(published, { memoryMb, ...(runUs !== undefined && { runUs }) }).firstRunUs(
        seededRandom(1),
      )
    expect(firstRunUs(128)).toBe(12_200)
    expect(firstRunUs(1_024)).toBe(3_300)
    expect(firstRunUs(3_008)).toBe(3_300)
    expect(firstRunUs(256)).toBeGreaterThan(3_300)
    expect(firstRunUs(256)).toBeLessThan(12_200)
    expect(firstRunUs(1_024, 101_500)).toBe(103_300)
  })
})

describe('a fixed model', () => {
  it('is the same each time; init is all of a start and the first run like others unless told', () => {
    const model = fixedModel({ coldStartUs: 5, runUs: 3 })
    const random = seededRandom(1)
    expect(model.coldStart(random)).toEqual({ totalUs: 5, initUs: 5 })
    expect([model.firstRunUs(random), model.runUs(random), model.overheadUs(random)]).toEqual([
      3, 3, 0,
    ])
  })
})
