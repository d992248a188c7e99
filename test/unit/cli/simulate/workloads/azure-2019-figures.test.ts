import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../../../runtime/kernel/random.ts'
import { fileWriter, refusalOf } from '../files.ts'
import { PROFILE } from '../parts.ts'
import { head, read, row } from './azure-2019-parts.ts'

const HOUR = 'test/fixtures/traces/azure-2019-hour'

const write = fileWriter()

const THREE_MINUTES = write(
  'three-minutes.csv',
  [head(1, 3), row('shop', 'order', [2, 0, 1]), row('shop', 'pay', [0, 3, 0])].join('\n'),
)

const DURATIONS = `HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,${[
  0, 1, 25, 50, 75, 99, 100,
]
  .map((percent) => `percentile_Average_${percent}`)
  .join(',')}`

describe('the run times of the trace', () => {
  const withDurations = (rows: readonly string[]) => {
    const durations = write('durations.csv', `${[DURATIONS, ...rows].join('\n')}\n`)
    return read({ invocations: THREE_MINUTES, durations })
  }

  it('are drawn through the percentiles, while the cold start stays that of the profile', () => {
    const { functions, skipped } = withDurations([
      'me,shop,order,20.5,9,1,90,0,10,20,30,40,50,100',
      'me,shop,pay,5.0,9,5,5,5.0,5,5,5,5,5,5e0',
    ])
    const [order, pay] = functions.map(({ latency }) => latency)
    const at = (place: number) => order?.runUs({ next: () => place, hex: () => '' })
    expect([0, 0.01, 0.13, 0.5, 0.87, 0.99].map(at)).toEqual([
      0, 10_000, 15_000, 30_000, 45_000, 50_000,
    ])
    expect(at(0.9999999)).toBeGreaterThan(99_990)
    const random = seededRandom(1)
    expect(pay?.runUs(random)).toBe(5_000)
    expect(pay?.firstRunUs(random)).toBeUndefined()
    expect(pay?.coldStart(random)).toEqual({ totalUs: 200_000, initUs: 150_000 })
    expect(pay?.overheadUs(random)).toBe(300)
    expect(skipped).toEqual([])
  })

  it('are those of the profile where there are none, and that is said', () => {
    const { functions, skipped } = withDurations([
      'me,shop,order,1,1,1,1,1,1,1,1,1,1,1',
      'me,other,pay,1,1,1,1,1,1,1,1,1,1,1',
    ])
    expect(functions[1]?.latency).toBe(PROFILE)
    expect(skipped.map(bare)).toEqual([
      'no row in durations.csv for 1 function: run times of the profile',
    ])
  })

  it.each([
    ['negative', '-1,0,0,0,0,0,0'],
    ['falling', '1,2,3,4,5,7,6'],
  ])('that are %s are skipped, counted', (_how, percentiles) => {
    const { functions, skipped } = withDurations([
      `me,shop,order,1,1,1,1,${percentiles}`,
      'me,shop,pay,1,1,1,1,1,1,1,1,1,1,1',
    ])
    expect(functions[0]?.latency).toBe(PROFILE)
    expect(skipped.map(bare)).toEqual([
      '1 row of durations.csv: negative or falling percentiles',
      'no row in durations.csv for 1 function: run times of the profile',
    ])
  })

  it.each([
    [
      'me,shop,order,1,1,1,1,1,1,1,fast,1,1,1',
      "durations.csv:2: percentile_Average_50 is 'fast': must be milliseconds",
    ],
    ['me,shop,order,1,1,1,1,1,1,1', 'durations.csv:2: has 10 columns instead of 14'],
  ])('that are written like this are refused: %s', (line, message) => {
    expect(refusalOf(() => withDurations([line]))).toBe(message)
  })

  it('need their columns', () => {
    const durations = write('durations.csv', 'HashOwner,HashApp,percentile_Average_50\n')
    expect(refusalOf(() => read({ invocations: THREE_MINUTES, durations }))).toBe(
      'durations.csv:1: has no columns HashFunction, percentile_Average_0, percentile_Average_1, ' +
        'percentile_Average_25, percentile_Average_75, percentile_Average_99, percentile_Average_100',
    )
  })
})

describe('the memory of the trace', () => {
  const withMemory = (rows: readonly string[], memoryMb = 512) => {
    const columns = 'HashOwner,HashApp,SampleCount,AverageAllocatedMb_pct100'
    const memory = write('memory.csv', [columns, ...rows].join('\n'))
    const workload = read({ invocations: THREE_MINUTES, memory }, { memoryMb })
    return [workload.functions.map((each) => each.memoryMb), workload.skipped.map(bare)]
  }

  it.each([
    ['1,300.2', 301],
    ['1,128', 128],
    ['1,128.1', 129],
    ['1,17', 128],
    ['1,10240', 10_240],
    ['1,99999', 10_240],
  ])('of an application, %s, makes each of its functions %i MB large', (figures, mb) => {
    expect(withMemory([`me,shop,${figures}`])).toEqual([[mb, mb], []])
  })

  it('is as asked for where there is none, and that is said', () => {
    expect(withMemory(['me,other,1,300'])).toEqual([
      [512, 512],
      ['no row in memory.csv for 2 functions: 512 MB each'],
    ])
  })

  it('below 0 is skipped, counted', () => {
    expect(withMemory(['me,shop,1,-1', 'me,shop,1,200'])).toEqual([
      [200, 200],
      ['1 row of memory.csv: memory below 0'],
    ])
  })

  it('must be a number', () => {
    expect(refusalOf(() => withMemory(['me,shop,1,much']))).toBe(
      "memory.csv:2: AverageAllocatedMb_pct100 is 'much': must be megabytes",
    )
  })

  it('comes with durations and all in the sample that is here', () => {
    const [invocations, durations, memory] = ['invocations', 'durations', 'memory'].map(
      (name) => `${HOUR}/${name}.csv`,
    )
    const { functions, skipped } = read({ invocations: invocations ?? '', durations, memory })
    expect(skipped).toEqual([])
    expect(functions.every(({ memoryMb }) => memoryMb >= 128)).toBe(true)
    expect(new Set(functions.map(({ memoryMb }) => memoryMb)).size).toBeGreaterThan(50)
  })
})

/** Without the folder. */
function bare(text: string): string {
  return text.replace(/\S+\/(?=\w+\.csv)/, '')
}
