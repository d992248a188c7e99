import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Azure2021Input,
  readAzure2021,
} from '../../../../../cli/measure/simulate/workloads/azure-2021.ts'
import { fileWriter, refusalOf } from '../files.ts'
import { arrivalsOf, isOrderly, PROFILE } from '../parts.ts'

const write = fileWriter()

const HEAD = 'app,func,end_timestamp,duration'

const table = (rows: readonly string[], end = '\n'): string =>
  write('trace.csv', `${[HEAD, ...rows].join('\n')}${end}`)

const read = (path: string, options: Partial<Azure2021Input> = {}) =>
  readAzure2021({
    path,
    take: { kind: 'all' },
    seed: 1,
    memoryMb: 256,
    timeoutUs: 900_000_000,
    profile: PROFILE,
    ...options,
  })

describe('the Azure trace of 2021', () => {
  it('has each invocation at its end less its duration, and it runs that long', () => {
    const workload = read(table(['shop,order,12.5,2.5', 'shop,pay,61,0.25', 'shop,order,90,1e-3']))
    expect(arrivalsOf(workload)).toEqual([
      { atUs: 10_000_000, fn: 0, runUs: 2_500_000 },
      { atUs: 60_750_000, fn: 1, runUs: 250_000 },
      { atUs: 89_999_000, fn: 0, runUs: 1_000 },
    ])
    expect(workload).toMatchObject({
      text: 'Azure Functions trace of 2021: 2 functions, 3 invocations in 90 s',
      planned: 3,
      durationUs: 90_000_000,
      skipped: [],
    })
    expect(workload.functions).toEqual(
      ['shop-order', 'shop-pay'].map((name) => ({
        name,
        memoryMb: 256,
        timeoutUs: 900_000_000,
        reserved: undefined,
        provisioned: 0,
        latency: PROFILE,
      })),
    )
  })

  it('brings the rows into the order in which they came', () => {
    const workload = read(table(['a,slow,100,95', 'a,fast,20,1', 'a,late,99.5,0.5', 'a,same,99,0']))
    const fns = arrivalsOf(workload).map(({ fn }) => workload.functions[fn]?.name)
    expect(fns).toEqual(['a-slow', 'a-fast', 'a-late', 'a-same'])
  })

  it('keeps every row, in order, whatever they are', () => {
    const rows = fc.array(
      fc.record({ fn: fc.nat(5), atMs: fc.nat(100_000), runMs: fc.nat(50_000) }),
      { minLength: 1, maxLength: 60 },
    )
    fc.assert(
      fc.property(rows, (drawn) => {
        const lines = drawn.map(
          ({ fn, atMs, runMs }) => `a,f${fn},${(atMs + runMs) / 1_000},${runMs / 1_000}`,
        )
        const workload = read(table(lines))
        const arrivals = arrivalsOf(workload)
        const seen = arrivals.map(({ atUs, fn, runUs = 0 }) =>
          [workload.functions[fn]?.name, atUs / 1_000, runUs / 1_000].join(' '),
        )
        const expected = drawn.map(({ fn, atMs, runMs }) => `a-f${fn} ${atMs} ${runMs}`)
        expect(seen.sort()).toEqual(expected.sort())
        expect(isOrderly(workload, arrivals)).toBe(true)
        expect(arrivalsOf(workload)).toEqual(arrivals)
      }),
      { numRuns: 50 },
    )
  })

  it('of which some functions are taken has their invocations only', () => {
    const path = table(['a,f,1,0', 'a,g,2,0', 'a,f,3,0', 'a,h,4,0'])
    const first = read(path, { take: { kind: 'first', count: 2 } })
    expect(first.functions.map(({ name }) => name)).toEqual(['a-f', 'a-g'])
    expect(arrivalsOf(first).map(({ fn }) => fn)).toEqual([0, 1, 0])
    expect(first.text).toBe(
      'Azure Functions trace of 2021: the first 2 functions, 3 invocations in 4 s',
    )
    const sample = read(path, { take: { kind: 'sample', count: 1 } })
    expect(sample.functions.length).toBe(1)
    expect(arrivalsOf(sample).every(({ fn }) => fn === 0)).toBe(true)
    expect(sample.planned).toBe(arrivalsOf(sample).length)
  })

  it('skips what came before it begins, counted', () => {
    const path = table(['a,f,1,1.5', 'a,g,1,1', 'a,g,2,2.5'])
    const { planned, skipped } = read(path)
    expect([planned, skipped]).toEqual([1, [`2 rows of ${path}: came before the trace begins`]])
  })

  it('is read from the sample that is here, whose last line has no end', () => {
    const workload = read('test/fixtures/traces/azure-2021.csv')
    expect(workload.text).toBe(
      'Azure Functions trace of 2021: 31 functions, 199 invocations in 1201 s',
    )
    expect(isOrderly(workload, arrivalsOf(workload))).toBe(true)
  })
})

describe('what is wrong with a trace of 2021 is said with its line', () => {
  const refused = (path: string) => refusalOf(() => read(path))

  it.each([
    [[], 'trace.csv:1: has no invocations'],
    [['a,f,1,2'], 'trace.csv:1: has no invocations'],
    [['a,f,1'], 'trace.csv:2: has 3 columns instead of 4'],
    [['a,f,2,1', 'a,f,2,1,9'], 'trace.csv:3: has 5 columns instead of 4'],
    [['a,f,-1,1'], "trace.csv:2: end_timestamp is '-1': must be seconds from 0 up"],
    [['a,f,1,-0.5'], "trace.csv:2: duration is '-0.5': must be seconds from 0 up"],
    [['a,f,1,', 'a,f,1,1'], "trace.csv:2: duration is '': must be seconds from 0 up"],
    [['a,f,noon,1'], "trace.csv:2: end_timestamp is 'noon': must be seconds from 0 up"],
    [['a,f,Infinity,1'], "trace.csv:2: end_timestamp is 'Infinity': must be seconds from 0 up"],
  ])('%j', (rows, message) => {
    expect(refused(table(rows))).toBe(message)
  })

  it('columns that are not there, an empty file, and one cut short', () => {
    expect(refused(write('trace.csv', 'app,func,timestamp,duration\n'))).toBe(
      'trace.csv:1: has no column end_timestamp',
    )
    expect(refused(write('trace.csv', ''))).toBe(
      'trace.csv:1: is empty: a line that names the columns was expected',
    )
    expect(refused(table(['a,f,2,1', 'a,f,2'], ''))).toBe(
      'trace.csv:3: has 3 columns instead of 4, and no end: the file was cut short',
    )
  })
})
