import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import { MetricsScreen } from '../../../cli/report/metrics-screen.ts'
import { metricsTable } from '../../../cli/report/metrics-table.ts'
import { collectMetrics } from '../../../runtime/telemetry/metrics/collect-metrics.ts'
import type { PlatformEvent } from '../../../runtime/telemetry/platform-events.ts'
import { assigned, at, printed, ran, throttled } from '../telemetry/metrics/told.ts'

function tableAfter(
  nowMs: number,
  minutes: number,
  ...events: (PlatformEvent | PlatformEvent[])[]
): string[] {
  let tell: (event: PlatformEvent) => void = () => undefined
  const metrics = collectMetrics({
    onEvent: (listener) => {
      tell = listener
    },
    wallMs: () => nowMs,
  })
  for (const event of events.flat()) tell(event)
  return metricsTable(metrics.view({ minutes }), pc.createColors(false)).split('\n')
}

/** Without the width of the columns, which depends on what is in them. */
const words = (line: string): string => line.replaceAll(/ {2,}/g, '  ')

describe('the table of metrics', () => {
  it('has a block for all, for each function, and for what was called by another name', () => {
    const lines = tableAfter(
      at(2, 30),
      5,
      ran('a', at(0), at(0, 1), { durationMs: 8 }),
      ran('b', at(1), at(1, 1), { durationMs: 12, status: 'error' }),
      ran('c', at(2), at(2, 1), { durationMs: 1_000, qualifier: 'live' }),
      throttled(at(2), { functionName: 'other' }),
    )
    const blocks = lines
      .join('\n')
      .split('\n\n')
      .map((block) => block.split('\n'))
    expect(blocks.map(([title]) => title)).toEqual([
      'all functions',
      'hello',
      'hello:live',
      'other',
    ])
    expect(blocks[1]?.map(words)).toEqual([
      'hello',
      '  metric  statistic  unit  this minute  last minute  last 5 min',
      '  Invocations  Sum  Count  1  1  3',
      '  Errors  Sum  Count  0  1  1',
      '  Duration  Average  Milliseconds  1,000  12.0  340',
      '  Maximum  1,000  12.0  1,000',
      '  ConcurrentExecutions  Maximum  Count  1  1  1',
    ])
    expect(blocks[3]?.map(words)).toEqual([
      'other',
      '  metric  statistic  unit  this minute  last minute  last 5 min',
      '  Throttles  Sum  Count  1  –  1',
    ])
  })

  it('shows the percentiles that enough values support', () => {
    const runs = Array.from({ length: 100 }, (_, index) => index).flatMap((index) =>
      ran(`r${index}`, at(index < 20 ? 0 : 1), at(2), { durationMs: index < 20 ? 1 : 100 }),
    )
    const lines = tableAfter(at(1, 59), 2, runs).map(words)
    // A percentile is known to 1 %, but for the smallest and the largest value.
    const from = lines.findIndex((line) => line.startsWith('  Duration'))
    expect(lines.slice(from, from + 4)).toEqual([
      '  Duration  Average  Milliseconds  100  1.00  80.2',
      '  p50  100  1.00  99.9',
      '  p90  –  –  99.9',
      '  Maximum  100  1.00  100',
    ])
  })

  it('of one minute has that minute', () => {
    const lines = tableAfter(at(0, 30), 1, assigned('a', at(0)))
    expect(lines.map(words).slice(-3)).toEqual([
      'hello',
      '  metric  statistic  unit  this minute',
      '  ConcurrentExecutions  Maximum  Count  1',
    ])
  })

  it('says that nothing was counted', () => {
    const before = ran('a', at(0), at(0, 1))
    expect(tableAfter(at(1), 1, before)).toEqual(['Nothing was counted in the last 1 minute.'])
    expect(tableAfter(at(5), 5, before)).toEqual(['Nothing was counted in the last 5 minutes.'])
  })

  it('shows what functions print, and what of it was not taken', () => {
    const line = (more: object) =>
      printed(
        JSON.stringify({
          _aws: {
            Timestamp: at(0),
            CloudWatchMetrics: [
              { Namespace: 'Shop', Dimensions: [['Area']], Metrics: [{ Name: 'Orders' }] },
            ],
          },
          Area: 'eu',
          ...more,
        }),
        at(0),
      )
    const lines = tableAfter(at(0), 2, line({ Orders: [1, 3] }), line({}), line({}))
    expect(lines.map(words)).toEqual([
      'Shop {Area=eu}',
      '  metric  statistic  unit  this minute  last minute  last 2 min',
      '  Orders  SampleCount  None  2  –  2',
      '  Sum  4  –  4',
      '  Average  2  –  2',
      '  Maximum  3  –  3',
      '',
      'Embedded metrics that were not taken',
      "  hello: metric 'Orders' has no number in the line (2 lines)",
    ])
  })
})

function screenOn(stream: { isTTY: boolean; columns?: number; rows?: number }) {
  const written: string[] = []
  const screen = new MetricsScreen({ ...stream, write: (text) => written.push(text) })
  return { screen, written }
}

describe('the screen of metrics', () => {
  it('draws over what was there on a terminal, cut to its size, and leaves the last below', () => {
    const { screen, written } = screenOn({ isTTY: true, columns: 6, rows: 3 })
    screen.show('one\ntwo three\nfour')
    screen.show('one\ntwo')
    screen.show('five')
    screen.end()
    expect(written).toEqual([
      '\x1b[?1049h\x1b[?25l',
      '\x1b[Hone\x1b[K\n… 2 …\x1b[K\n\x1b[J',
      '\x1b[Hone\x1b[K\ntwo\x1b[K\n\x1b[J',
      '\x1b[Hfive\x1b[K\n\x1b[J',
      '\x1b[?25h\x1b[?1049l',
      'five\n',
    ])
  })

  it('takes a terminal that does not know its size for one of 80 columns', () => {
    const { screen, written } = screenOn({ isTTY: true, columns: 0, rows: 0 })
    screen.show('x'.repeat(81))
    screen.end()
    expect(written[1]).toBe(`\x1b[H${'x'.repeat(78)}…\x1b[K\n\x1b[J`)
  })

  it('writes one below the other elsewhere', () => {
    const { screen, written } = screenOn({ isTTY: false })
    screen.show('one')
    screen.show('two')
    screen.end()
    expect(written).toEqual(['one\n', '\ntwo\n'])
  })
})
