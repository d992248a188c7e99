import { describe, expect, it } from 'vitest'
import { collectMetrics } from '../../../../runtime/telemetry/metrics/collect-metrics.ts'
import type { EmbeddedProblem } from '../../../../runtime/telemetry/metrics/custom-metrics.ts'
import { readEmbeddedMetrics } from '../../../../runtime/telemetry/metrics/embedded-metrics.ts'
import type { PlatformEvent } from '../../../../runtime/telemetry/platform-events.ts'
import { at, printed } from './told.ts'

const line = (
  directive: object = {},
  root: object = {},
  aws: object = { Timestamp: at(0) },
): string =>
  JSON.stringify({
    _aws: {
      ...aws,
      CloudWatchMetrics: [
        {
          Namespace: 'Shop',
          Dimensions: [['Service']],
          Metrics: [{ Name: 'Orders', Unit: 'Count' }],
          ...directive,
        },
      ],
    },
    Service: 'web',
    Orders: 3,
    ...root,
  })

const read = (text: string) => readEmbeddedMetrics(text, at(0))

const orders = {
  namespace: 'Shop',
  name: 'Orders',
  unit: 'Count',
  dimensions: { Service: 'web' },
  values: [3],
  atMs: at(0),
}

describe('a line in the embedded metric format', () => {
  it('is read', () => {
    expect(read(line())).toEqual({ samples: [orders], problems: [] })
  })

  it('is read behind what the console puts before it', () => {
    const record = `2026-01-31T12:00:00.000Z\tid\tINFO\t${line()}`
    expect(read(record)).toEqual({ samples: [orders], problems: [] })
  })

  it('may have several values, sets of dimensions, metrics and directives', () => {
    const Metrics = [{ Name: 'Orders', Unit: 'Count' }, { Name: 'Latency' }]
    const Dimensions = [[], ['Service', 'Area']]
    const text = line({ Metrics, Dimensions }, { Latency: [1, 2.5], Area: 'eu' })
    const both = { Area: 'eu', Service: 'web' }
    expect(read(text)?.samples).toEqual([
      { ...orders, dimensions: {} },
      { ...orders, dimensions: both },
      { ...orders, name: 'Latency', unit: 'None', values: [1, 2.5], dimensions: {} },
      { ...orders, name: 'Latency', unit: 'None', values: [1, 2.5], dimensions: both },
    ])
    expect(read(line({ Dimensions: [] }))?.samples).toEqual([{ ...orders, dimensions: {} }])
  })

  it.each([
    ['another text', 'hello'],
    ['JSON without the mark', JSON.stringify({ Orders: 3 })],
    ['a text that only speaks of it', 'write "CloudWatchMetrics" into _aws'],
    ['JSON in which it is elsewhere', JSON.stringify({ CloudWatchMetrics: [] })],
  ])('is not %s', (_what, text) => {
    expect(read(text)).toBeUndefined()
  })

  const hundred = Array.from({ length: 100 }, () => 1)
  const keys = Array.from({ length: 30 }, (_, index) => `k${index}`)
  const valued = Object.fromEntries([...keys, 'k30'].map((key) => [key, 'v']))
  const metrics = (count: number) => ({
    Metrics: Array.from({ length: count }, () => ({ Name: 'Orders' })),
  })

  it.each([
    ['100 values', line({}, { Orders: hundred })],
    ['30 dimensions', line({ Dimensions: [keys] }, valued)],
    ['100 metrics', line(metrics(100))],
    ['a namespace of 255 characters', line({ Namespace: 'n'.repeat(255) })],
    ['a dimension of 1,024 characters', line({}, { Service: 's'.repeat(1_024) })],
    ['a resolution of one second', line({ Metrics: [{ Name: 'Orders', StorageResolution: 1 }] })],
    ['a time two hours ahead', line({}, {}, { Timestamp: at(120) })],
  ])('may have %s', (_what, text) => {
    expect(read(text)?.problems).toEqual([])
    expect(read(text)?.samples.length).toBeGreaterThan(0)
  })

  it.each([
    ['cut off', line().slice(0, -1), 'the line is not one JSON object'],
    ['without a time', line({}, {}, {}), '_aws.Timestamp is not a number'],
    [
      'of the future',
      line({}, {}, { Timestamp: at(120) + 1 }),
      '_aws.Timestamp is more than two hours ahead, in milliseconds',
    ],
    [
      'whose directives are no array',
      JSON.stringify({ _aws: { CloudWatchMetrics: {} } }),
      '_aws.CloudWatchMetrics is not an array',
    ],
    [
      'whose directive is no object',
      JSON.stringify({ _aws: { Timestamp: 0, CloudWatchMetrics: [7] } }),
      'a metric directive is not an object',
    ],
    ['without a namespace', line({ Namespace: '' }), 'Namespace is not a text'],
    [
      'with a long namespace',
      line({ Namespace: 'n'.repeat(256) }),
      'Namespace has more than 255 characters',
    ],
    ['without dimensions', line({ Dimensions: null }), 'Dimensions is not an array of arrays'],
    ['with one array', line({ Dimensions: ['Service'] }), 'Dimensions is not an array of arrays'],
    [
      'with 31 dimensions',
      line({ Dimensions: [[...keys, 'k30']] }, valued),
      'a dimension set has more than 30 keys',
    ],
    [
      'with a key that is a number',
      line({ Dimensions: [[1]] }),
      'the key of a dimension is not a text',
    ],
    [
      'without the dimension’s value',
      line({ Dimensions: [['Area']] }),
      "dimension 'Area' has no text in the line",
    ],
    [
      'whose dimension is inherited',
      line({ Dimensions: [['constructor']] }),
      "dimension 'constructor' has no text in the line",
    ],
    [
      'with a long dimension',
      line({}, { Service: 's'.repeat(1_025) }),
      "dimension 'Service' has more than 1024 characters",
    ],
    ['without metrics', line({ Metrics: {} }), 'Metrics is not an array'],
    ['with 101 metrics', line(metrics(101)), 'Metrics has more than 100 entries'],
    [
      'whose metric is no object',
      line({ Metrics: ['Orders'] }),
      'the definition of a metric is not an object',
    ],
    [
      'whose metric has no name',
      line({ Metrics: [{ Unit: 'Count' }] }),
      'the Name of a metric is not a text',
    ],
    [
      'with an unknown unit',
      line({ Metrics: [{ Name: 'Orders', Unit: 'Pieces' }] }),
      "metric 'Orders' has an unknown Unit",
    ],
    [
      'with another resolution',
      line({ Metrics: [{ Name: 'Orders', StorageResolution: 5 }] }),
      "metric 'Orders': StorageResolution is not 1 or 60",
    ],
    ['without a value', line({}, { Orders: '3' }), "metric 'Orders' has no number in the line"],
    ['with an empty value', line({}, { Orders: [] }), "metric 'Orders' has no number in the line"],
    [
      'with 101 values',
      line({}, { Orders: [...hundred, 1] }),
      "metric 'Orders' has more than 100 values",
    ],
  ])('is refused when it is %s', (_what, text, problem) => {
    expect(read(text)).toEqual({ samples: [], problems: [problem] })
  })

  it('gives what is good of it, though another metric is not', () => {
    const text = line({ Metrics: [{ Name: 'Lost' }, { Name: 'Orders', Unit: 'Count' }] })
    const problems = ["metric 'Lost' has no number in the line"]
    expect(read(text)).toEqual({ samples: [orders], problems })
  })
})

function collected(...events: PlatformEvent[]) {
  let tell: (event: PlatformEvent) => void = () => undefined
  const problems: EmbeddedProblem[] = []
  const metrics = collectMetrics({
    onEvent: (listener) => {
      tell = listener
    },
    wallMs: () => at(1),
    onProblem: (problem) => problems.push(problem),
  })
  for (const event of events) tell(event)
  return { metrics, problems, view: metrics.view({ minutes: 5 }) }
}

describe('custom metrics', () => {
  it('are kept by the minute of their own time, with their dimensions', () => {
    const late = line({}, { Orders: 7 }, { Timestamp: at(-1) })
    const { view } = collected(printed(line(), at(0)), printed(late, at(0)))
    expect(view.metrics).toMatchObject([
      {
        namespace: 'Shop',
        name: 'Orders',
        unit: 'Count',
        dimensions: { Service: 'web' },
        periods: [
          { start: new Date(at(-1)).toISOString(), isOver: true, values: { Sum: 7 } },
          { start: new Date(at(0)).toISOString(), isOver: true, values: { Sum: 3, Maximum: 3 } },
        ],
        total: { SampleCount: 2, Sum: 10, Average: 5, p50: null },
      },
    ])
    expect(view.embedded).toEqual({ lines: 2, problems: [], unnamedProblems: 0 })
  })

  it('are those of one function where one is asked for', () => {
    const { metrics } = collected(printed(line(), at(0), 'a'), printed(line({}, { Area: 'x' }), 0))
    expect(metrics.view({ functionName: 'a', minutes: 5 }).metrics).toHaveLength(1)
    expect(metrics.view({ functionName: 'b', minutes: 5 }).metrics).toEqual([])
  })

  it('say once what is wrong with a function’s lines, and count it', () => {
    const wrong = line({ Namespace: 7 })
    const { view, problems } = collected(
      ...[1, 2, 3].map(() => printed(wrong, at(0))),
      printed(wrong, at(0), 'other'),
    )
    const reason = 'Namespace is not a text'
    expect(problems).toEqual([
      { functionName: 'hello', reason, count: 1 },
      { functionName: 'other', reason, count: 1 },
    ])
    expect(view.embedded).toEqual({
      lines: 4,
      problems: [
        { functionName: 'hello', reason, count: 3 },
        { functionName: 'other', reason, count: 1 },
      ],
      unnamedProblems: 0,
    })
  })

  it('are 1,000 at most, and say when there would be more', () => {
    const of = (index: number) => printed(line({}, { Service: `s${index}` }), at(0))
    const thousand = Array.from({ length: 1_000 }, (_, index) => of(index))
    expect(collected(...thousand).problems).toEqual([])
    const { metrics, problems } = collected(...thousand, of(1_000), of(1_001), of(0))
    expect(metrics.customSeries()).toHaveLength(1_000)
    const reason = 'there are 1000 series of custom metrics already: no further one is kept'
    expect(problems).toEqual([{ functionName: 'hello', reason, count: 1 }])
    expect(metrics.customSeries()[0]?.total).toEqual({ count: 2, sum: 6 })
  })

  it('name 100 problems at most, and count the others', () => {
    const wrong = Array.from({ length: 102 }, (_, index) =>
      printed(line({ Dimensions: [[`d${index}`]] }), at(0)),
    )
    const { view } = collected(...wrong)
    expect(view.embedded.problems).toHaveLength(100)
    expect(view.embedded).toMatchObject({ lines: 102, unnamedProblems: 2 })
  })
})
