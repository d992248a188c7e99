import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fileWriter, refusalOf } from '../files.ts'
import { arrivalsOf, countsOf, isOrderly, PROFILE } from '../parts.ts'
import { head, minutes, type Options, read, row } from './azure-2019-parts.ts'

const TRACES = 'test/fixtures/traces'
const HINT = '\n         --part-of-day takes it as it is.'
const MINUTE_US = 60_000_000

const write = fileWriter()

const table = (lines: readonly string[], end = '\n') =>
  write('invocations.csv', `${lines.join('\n')}${end}`)

const THREE_MINUTES = write(
  'three-minutes.csv',
  [head(1, 3), row('shop', 'order', [2, 0, 1]), row('shop', 'pay', [0, 3, 0])].join('\n'),
)

describe('the Azure trace of 2019', () => {
  it('has as many invocations of each function in each minute as it says, in order', () => {
    const workload = read({ invocations: THREE_MINUTES })
    const arrivals = arrivalsOf(workload)
    expect(countsOf(arrivals, MINUTE_US, 0)).toEqual([2, 0, 1])
    expect(countsOf(arrivals, MINUTE_US, 1)).toEqual([0, 3])
    expect(isOrderly(workload, arrivals)).toBe(true)
    expect(workload).toMatchObject({
      text: 'Azure Functions trace of 2019: 2 functions, 6 invocations in 3 min',
      planned: 6,
      durationUs: 3 * MINUTE_US,
      skipped: [],
    })
    expect(workload.functions).toEqual(
      ['shop-order', 'shop-pay'].map((name) => ({
        name,
        memoryMb: 128,
        timeoutUs: 900_000_000,
        reserved: undefined,
        provisioned: 0,
        latency: PROFILE,
      })),
    )
  })

  it('keeps counts and order whatever they are, and is the same again for the same seed', () => {
    const rows = fc.array(fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }), {
      minLength: 1,
      maxLength: 6,
    })
    fc.assert(
      fc.property(rows, fc.nat(1_000), (counts, seed) => {
        const invocations = write(
          'drawn.csv',
          [head(7, 10), ...counts.map((each, fn) => row('a', `f${fn}`, each))].join('\n'),
        )
        const workload = read({ invocations }, { seed })
        const arrivals = arrivalsOf(workload)
        for (const [fn, each] of counts.entries()) {
          const seen = countsOf(arrivals, MINUTE_US, fn)
          expect(each.map((_, minute) => seen[minute] ?? 0)).toEqual(each)
        }
        expect(isOrderly(workload, arrivals)).toBe(true)
        expect(workload.planned).toBe(arrivals.length)
        expect(arrivalsOf(workload)).toEqual(arrivals)
        expect(arrivalsOf(read({ invocations }, { seed }))).toEqual(arrivals)
      }),
      { numRuns: 40 },
    )
  })

  it('spreads them over the minute: the mean is in its middle', () => {
    const invocations = table([head(1, 1), row('a', 'f', [10_000])])
    const arrivals = arrivalsOf(read({ invocations }))
    const meanUs = arrivals.reduce((sum, { atUs }) => sum + atUs, 0) / arrivals.length
    expect(Math.abs(meanUs / MINUTE_US - 0.5)).toBeLessThan(0.01)
  })

  it('has other instants for another seed', () => {
    const one = arrivalsOf(read({ invocations: THREE_MINUTES }))
    expect(arrivalsOf(read({ invocations: THREE_MINUTES }, { seed: 2 }))).not.toEqual(one)
  })

  it('takes a whole day, and a part of one only when that is asked for', () => {
    const day = `${TRACES}/azure-2019-day/invocations.csv`
    expect(read({ invocations: day }, { partOfDay: false })).toMatchObject({
      text: 'Azure Functions trace of 2019: 13 functions, 29,833 invocations in 24 h',
      durationUs: 1_440 * MINUTE_US,
    })
    const hour = `${TRACES}/azure-2019-hour/invocations.csv`
    expect(refusalOf(() => read({ invocations: hour }, { partOfDay: false }))).toBe(
      `invocations.csv:1: has the minutes 1 to 60 instead of 1 to 1440: the day was cut short${HINT}`,
    )
    expect(read({ invocations: hour }).planned).toBe(11_372)
  })

  it('adds up two rows of one function, and says so', () => {
    const again = row('shop', 'order', [1, 1, 1])
    const invocations = table([head(1, 3), row('shop', 'order', [2, 0, 1]), again])
    const workload = read({ invocations })
    expect(countsOf(arrivalsOf(workload), MINUTE_US)).toEqual([3, 1, 2])
    expect(workload.functions.length).toBe(1)
    expect(workload.skipped).toEqual([
      `1 row of ${invocations}: of a function that an earlier row is of; counts added up`,
    ])
  })

  it('shortens hashes, and nothing else', () => {
    const [app, fn] = ['0123456789abcdef'.repeat(4), 'fedcba9876543210'.repeat(4)]
    const invocations = table([head(1, 1), row(app, fn, [1]), row(app, 'order-number-1', [1])])
    const names = read({ invocations }).functions.map(({ name }) => name)
    expect(names).toEqual(['01234567-fedcba98', '01234567-order-number-1'])
  })

  it('tells two functions apart of which the short names are the same', () => {
    const hash = '0123456789abcdef'.repeat(4)
    const other = `01234567${hash.slice(0, 56)}`
    const invocations = table([head(1, 1), row('a', hash, [1]), row('a', other, [1])])
    const names = read({ invocations }).functions.map(({ name }) => name)
    expect(names).toEqual(['a-01234567', `me/a/${other}`])
  })

  it('finds the ids in whatever order they come, and reads what another system has written', () => {
    const lines = ['\uFEFFHashFunction,HashApp,HashOwner,1,2', 'f,a,o,1,0', '', 'g,a,o,0,2']
    const workload = read({ invocations: write('windows.csv', lines.join('\r\n')) })
    expect(workload.functions.map(({ name }) => name)).toEqual(['a-f', 'a-g'])
    expect(countsOf(arrivalsOf(workload), MINUTE_US)).toEqual([1, 2])
  })
})

describe('of the functions of the trace', () => {
  const invocations = write(
    'many.csv',
    [head(1, 2), ...minutes(0, 99).map((fn) => row('a', `f${fn}`, [fn, 1]))].join('\n'),
  )
  const names = (options: Options) =>
    read({ invocations }, options).functions.map(({ name }) => name)

  it('the first so many can be taken', () => {
    expect(names({ take: { kind: 'first', count: 3 } })).toEqual(['a-f0', 'a-f1', 'a-f2'])
    const workload = read({ invocations }, { take: { kind: 'first', count: 3 } })
    expect(workload.text).toMatch('the first 3 functions, 6 invocations')
  })

  it('a sample can be drawn, which the seed fixes', () => {
    const take = { kind: 'sample', count: 10 } as const
    const drawn = names({ take })
    expect(new Set(drawn).size).toBe(10)
    expect(names({ take })).toEqual(drawn)
    expect(names({ take, seed: 2 })).not.toEqual(drawn)
    expect(read({ invocations }, { take }).text).toMatch('a sample of 10 functions')
  })

  it('each is as likely to be drawn as any other', () => {
    const times = new Map<string, number>()
    for (const seed of minutes(1, 200)) {
      for (const name of names({ take: { kind: 'sample', count: 50 }, seed })) {
        times.set(name, (times.get(name) ?? 0) + 1)
      }
    }
    // 100 expected each, with a standard deviation of 7.
    for (const drawn of times.values()) expect(Math.abs(drawn - 100)).toBeLessThan(36)
    expect(times.size).toBe(100)
  })

  it('all are taken where more are asked for than there are', () => {
    expect(names({ take: { kind: 'first', count: 1_000 } }).length).toBe(100)
    expect(names({ take: { kind: 'sample', count: 1_000 } }).length).toBe(100)
  })

  it('only rows that are taken are looked at', () => {
    const broken = table([head(1, 1), row('a', 'f', [1]), 'me,a,g,http,x'])
    const text = () => read({ invocations: broken }, { take: { kind: 'first', count: 1 } }).text
    expect(text()).toMatch('1 function,')
  })
})

describe('what is wrong with a trace of 2019 is said with its line', () => {
  const refused = (lines: readonly string[], end?: string, options?: Options) =>
    refusalOf(() => read({ invocations: table(lines, end) }, options))
  const good = row('a', 'f', [1, 2, 3])
  const fields = 'HashOwner,HashApp,HashFunction,Trigger'

  it.each([
    [[''], 'invocations.csv:1: is empty: a line that names the columns was expected'],
    [[head(1, 3)], 'invocations.csv:1: has no functions below the names of the columns'],
    [['HashOwner,Trigger,1'], 'invocations.csv:1: has no columns HashApp, HashFunction'],
    [['HashOwner,HashApp,Trigger,1'], 'invocations.csv:1: has no column HashFunction'],
    [[fields], 'invocations.csv:1: has no columns 1 to 1440, one for each minute'],
    [[`${fields},1,2,4`], "invocations.csv:1: column 7 is '4': must be 3"],
    [[`${fields},1,2,Total`], "invocations.csv:1: column 7 is 'Total': must be 3"],
    [[head(1, 3), good, 'me,a,g,http,1,2'], 'invocations.csv:3: has 6 columns instead of 7'],
    [[head(1, 3), 'me,a,g,http,1,2,3,4'], 'invocations.csv:2: has 8 columns instead of 7'],
    [[head(1, 3), 'me'], 'invocations.csv:2: has 1 column instead of 7'],
    [[head(1, 3), 'me,a,g,http,1,x,3'], problem(2, "minute 2 is 'x'")],
    [[head(1, 3), 'me,a,g,http,1,-2,3'], problem(2, "minute 2 is '-2'")],
    [[head(1, 3), 'me,a,g,http,1,2,3.5'], problem(2, "minute 3 is '3.5'")],
    [[head(1, 3), 'me,a,g,http,,2,3'], problem(2, "minute 1 is ''")],
    [[head(1, 3), 'me,a,g,http,1,2,'], problem(2, "minute 3 is ''")],
    [[head(1, 3), 'me,a,g,http,1,10000001,3'], problem(2, "minute 2 is '10000001'")],
    [[head(8, 10), 'me,a,g,http,1,y,3'], problem(2, "minute 9 is 'y'")],
  ])('%j', (lines, message) => {
    expect(refused(lines)).toBe(message)
  })

  it('ten million in one minute is the most', () => {
    const invocations = table([head(1, 1), 'me,a,g,http,10000000'])
    expect(read({ invocations }).planned).toBe(10_000_000)
  })

  it('a last line without its end is taken if it is whole, and else was cut short', () => {
    expect(refused([head(1, 3), good], '')).toBe('read')
    expect(refused([head(1, 3), good, 'me,a,g,http,1,2'], '')).toBe(
      'invocations.csv:3: has 6 columns instead of 7, and no end: the file was cut short',
    )
  })

  it('a day that ends a minute early, or begins late, was cut short', () => {
    const whole = { partOfDay: false }
    const cut = (from: number, to: number) =>
      `invocations.csv:1: has the minutes ${from} to ${to} instead of 1 to 1440: the day was cut short` +
      HINT
    expect(refused([head(1, 1_439)], '\n', whole)).toBe(cut(1, 1_439))
    expect(refused([head(2, 1_440)], '\n', whole)).toBe(cut(2, 1_440))
    const day = [head(1, 1_440), row('a', 'f', minutes(1, 1_440))]
    expect(refused(day, '\n', whole)).toBe('read')
  })

  it('a file that is not there', () => {
    expect(refusalOf(() => read({ invocations: 'no/such.csv' }))).toBe(
      'such.csv cannot be read: there is no such file',
    )
    expect(refusalOf(() => read({ invocations: 'test' }))).toBe(
      'test cannot be read: it is a folder',
    )
  })
})

function problem(line: number, what: string): string {
  return `invocations.csv:${line}: ${what}: must be a whole number from 0 to 10,000,000`
}
