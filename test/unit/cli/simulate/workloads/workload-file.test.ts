import { describe, expect, it } from 'vitest'
import { readWorkloadFile } from '../../../../../cli/measure/simulate/workloads/workload-file.ts'
import { seededRandom } from '../../../../../runtime/kernel/random.ts'
import { fileWriter, refusalOf } from '../files.ts'
import { arrivalsOf, countsOf, isOrderly, PROFILE } from '../parts.ts'

const write = fileWriter()
const SECOND_US = 1_000_000

const read = (content: unknown, seed = 1) => {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  return readWorkloadFile({ path: write('workload.json', text), seed, profile: PROFILE })
}

const POISSON = { kind: 'poisson', perSecond: 5 }
const fn = (more: object = {}) => ({ name: 'api', arrivals: POISSON, ...more })
const one = (more: object) => ({ durationSeconds: 10, functions: [fn(more)] })

describe('a workload file', () => {
  it('has functions with all that is said of them, and Lambda’s defaults', () => {
    const full = fn({
      memoryMb: 512,
      timeoutSeconds: 30,
      reserved: 20,
      provisioned: 20,
      runMs: 12.5,
      coldStartMs: 80,
    })
    const { functions, text, durationUs, skipped } = read({
      durationSeconds: 10,
      functions: [full, fn({ name: 'job_2' })],
    })
    const [api, job] = functions
    expect(api).toMatchObject({
      name: 'api',
      memoryMb: 512,
      timeoutUs: 30_000_000,
      reserved: 20,
      provisioned: 20,
    })
    const random = seededRandom(1)
    expect(api?.latency.coldStart(random)).toEqual({ totalUs: 80_000, initUs: 80_000 })
    expect(api?.latency.runUs(random)).toBe(12_500)
    expect(api?.latency.firstRunUs(random)).toBeUndefined()
    expect(api?.latency.overheadUs(random)).toBe(300)
    expect(job).toEqual({
      name: 'job_2',
      memoryMb: 128,
      timeoutUs: 3_000_000,
      reserved: undefined,
      provisioned: 0,
      latency: PROFILE,
    })
    expect(text).toMatch(/^2 functions of .*workload\.json for 10 s$/)
    expect([durationUs, skipped]).toEqual([10_000_000, []])
  })

  it('draws times from samples, and through quantiles', () => {
    const { functions } = read({
      durationSeconds: 1,
      functions: [
        fn({ runMs: [10, 30], coldStartMs: { p50: 100, p90: 200, p99: 400 } }),
        fn({ name: 'other', coldStartMs: [50] }),
      ],
    })
    const [api, other] = functions.map(({ latency }) => latency)
    const random = seededRandom(1)
    const draws = (draw: () => number | undefined) =>
      Array.from({ length: 2_000 }, draw).sort((a = 0, b = 0) => a - b)
    const runs = draws(() => api?.runUs(random))
    expect(runs.at(0)).toBeGreaterThanOrEqual(10_000)
    expect(runs.at(-1)).toBeLessThanOrEqual(30_000)
    const starts = draws(() => api?.coldStart(random).totalUs)
    expect(Math.abs((starts[1_000] ?? 0) / 100_000 - 1)).toBeLessThan(0.1)
    expect(Math.abs((starts[1_800] ?? 0) / 200_000 - 1)).toBeLessThan(0.1)
    expect(other?.coldStart(random).totalUs).toBe(50_000)
    expect(other?.runUs(random)).toBe(7_000)
  })

  it.each([
    ['constant', { kind: 'constant', perSecond: 2 }, [2, 2, 2, 2]],
    ['ramp', { kind: 'ramp', fromPerSecond: 0, toPerSecond: 4 }, [1, 1, 3, 3]],
    ['steps', { kind: 'steps', perSecond: [1, 3] }, [1, 1, 3, 3]],
    ['burst', { kind: 'burst', size: 7, everySeconds: 2 }, [0, 0, 7]],
    ['instants', { kind: 'instants', ms: [0, 0, 999, 3_999.5] }, [3, 0, 0, 1]],
    ['counts', { kind: 'counts', per: 'second', counts: [4, 0, 1] }, [4, 0, 1]],
  ])('has arrivals of kind %s', (_kind, arrivals, expected) => {
    const workload = read({ durationSeconds: 4, functions: [fn({ arrivals })] })
    const seen = arrivalsOf(workload)
    const counts = countsOf(seen, SECOND_US)
    if (arrivals.kind === 'ramp') expect(counts.reduce((sum, each) => sum + each, 0)).toBe(8)
    else expect(counts).toEqual(expected)
    expect(workload.planned).toBe(seen.length)
  })

  it('has counts by the minute, spread by chance where that is asked for', () => {
    const counts = { kind: 'counts', per: 'minute', counts: [50, 0, 20], spacing: 'poisson' }
    const workload = read({ functions: [fn({ arrivals: counts })] })
    const arrivals = arrivalsOf(workload)
    expect(countsOf(arrivals, 60 * SECOND_US)).toEqual([50, 0, 20])
    expect(new Set(arrivals.map(({ atUs }) => atUs % SECOND_US)).size).toBeGreaterThan(40)
  })

  it('mixes functions in order, each drawn for itself, the same for the same seed', () => {
    const file = {
      durationSeconds: 60,
      functions: [
        fn(),
        fn({ name: 'twin' }),
        fn({ name: 'even', arrivals: { kind: 'constant', perSecond: 1 } }),
      ],
    }
    const workload = read(file)
    const arrivals = arrivalsOf(workload)
    expect(isOrderly(workload, arrivals)).toBe(true)
    expect(workload.planned).toBe(arrivals.length)
    const instants = (index: number) =>
      arrivals.filter((each) => each.fn === index).map(({ atUs }) => atUs)
    expect(instants(0)).not.toEqual(instants(1))
    expect(instants(2)).toEqual(Array.from({ length: 60 }, (_, second) => second * SECOND_US))
    expect(arrivalsOf(workload)).toEqual(arrivals)
    expect(arrivalsOf(read(file))).toEqual(arrivals)
    expect(arrivalsOf(read(file, 2))).not.toEqual(arrivals)
  })

  it('lasts as long as its longest trace where nothing is said', () => {
    const functions = [
      fn({ arrivals: { kind: 'instants', ms: [0, 5_200] } }),
      fn({ name: 'b', arrivals: { kind: 'counts', per: 'second', counts: [1, 0, 1] } }),
    ]
    expect(read({ functions }).durationUs).toBe(6 * SECOND_US)
    const cut = read({ functions, durationSeconds: 2 })
    expect(arrivalsOf(cut).length).toBe(2)
  })
})

const TIME = 'must be milliseconds, {"p50": …, "p90": …, "p99": …} or a list of measured ones'
const RATE = 'must be a number of requests a second, up to 100000'

describe('what is wrong with a workload file is said with its place', () => {
  it.each([
    [[], 'must be an object with a list of functions'],
    [{}, 'functions: must be a list of one function at least'],
    [{ functions: [] }, 'functions: must be a list of one function at least'],
    [{ functions: [fn()], length: 3 }, 'length: there is nothing of that name'],
    [{ functions: [fn(), fn()] }, "functions[1].name: is 'api': another function has that name"],
    [
      { functions: [fn()] },
      'durationSeconds: must be there, since functions[0].arrivals has no end by itself',
    ],
    [
      { durationSeconds: 0.09, functions: [fn()] },
      'durationSeconds: must be seconds, from 0.1 to 86400',
    ],
    [one({ name: 'a b' }), 'functions[0].name: must be 1 to 64 letters, digits, - or _'],
    [one({ name: undefined }), 'functions[0].name: must be 1 to 64 letters, digits, - or _'],
    [one({ memory: 512 }), 'functions[0].memory: there is nothing of that name'],
    [one({ memoryMb: 127 }), 'functions[0].memoryMb: must be a whole number from 128 to 10240 MB'],
    [
      one({ memoryMb: 10_241 }),
      'functions[0].memoryMb: must be a whole number from 128 to 10240 MB',
    ],
    [
      one({ memoryMb: 128.5 }),
      'functions[0].memoryMb: must be a whole number from 128 to 10240 MB',
    ],
    [
      one({ timeoutSeconds: 901 }),
      'functions[0].timeoutSeconds: must be a whole number from 1 to 900 seconds',
    ],
    [one({ reserved: -1 }), 'functions[0].reserved: must be a whole number from 0 to 1000000'],
    [
      one({ reserved: 9, provisioned: 10 }),
      'functions[0].provisioned: is 10: more than the 9 reserved',
    ],
    [one({ runMs: -1 }), `functions[0].runMs: ${TIME}`],
    [one({ runMs: 'fast' }), `functions[0].runMs: ${TIME}`],
    [one({ runMs: [] }), `functions[0].runMs: ${TIME}`],
    [one({ runMs: { p50: 1, p99: 3 } }), `functions[0].runMs: ${TIME}`],
    [
      one({ coldStartMs: { p50: 2, p90: 1, p99: 3 } }),
      'functions[0].coldStartMs: must not fall from p50 to p99',
    ],
    [
      one({ coldStartMs: { p50: 0, p90: 1, p99: 3 } }),
      'functions[0].coldStartMs.p50: must not be 0: a median',
    ],
    [
      one({ arrivals: { kind: 'often' } }),
      `functions[0].arrivals.kind: must be 'constant', 'poisson', 'ramp', 'steps', 'burst', 'instants' or 'counts'`,
    ],
    [
      one({ arrivals: { kind: 'constant', perSecond: 100_001 } }),
      `functions[0].arrivals.perSecond: ${RATE}`,
    ],
    [one({ arrivals: { kind: 'constant' } }), `functions[0].arrivals.perSecond: ${RATE}`],
    [
      one({ arrivals: { ...POISSON, spacing: 'even' } }),
      'functions[0].arrivals.spacing: there is nothing of that name',
    ],
    [
      one({ arrivals: { kind: 'ramp', fromPerSecond: 1, toPerSecond: 2, spacing: 'odd' } }),
      "functions[0].arrivals.spacing: must be 'even' or 'poisson'",
    ],
    [
      one({ arrivals: { kind: 'instants', ms: [1, -2] } }),
      'functions[0].arrivals.ms[1]: must be milliseconds from the start',
    ],
    [
      one({ arrivals: { kind: 'instants', ms: [1, 3, 2] } }),
      'functions[0].arrivals.ms[2]: is 2: earlier than the one before it',
    ],
    [
      one({ arrivals: { kind: 'counts', per: 'hour', counts: [1] } }),
      "functions[0].arrivals.per: must be 'second' or 'minute'",
    ],
    [
      one({ arrivals: { kind: 'counts', per: 'minute', counts: [1, 2.5] } }),
      'functions[0].arrivals.counts[1]: must be a whole number of requests, up to 10000000',
    ],
    [
      one({ arrivals: { kind: 'burst', size: 1, everySeconds: 10 } }),
      'functions[0].arrivals.everySeconds: the first burst would come when the 10 s are over',
    ],
    [
      one({ arrivals: { kind: 'burst', size: 1 } }),
      'functions[0].arrivals.everySeconds: must be seconds, from 0.1 to 86400',
    ],
  ])('%j', (content, message) => {
    expect(refusalOf(() => read(content))).toBe(`workload.json: ${message}`)
  })

  it('its line where it is not JSON', () => {
    expect(refusalOf(() => read('{\n  "functions": [\n    }\n'))).toBe(
      'workload.json:3: is not JSON from here on: a workload as JSON was expected',
    )
    expect(refusalOf(() => read(' \n'))).toBe(
      'workload.json:1: is empty: a workload as JSON was expected',
    )
  })

  it('its name where it is not there', () => {
    const missing = () => readWorkloadFile({ path: 'no/such.json', seed: 1, profile: PROFILE })
    expect(refusalOf(missing)).toBe('such.json cannot be read: there is no such file')
  })
})
