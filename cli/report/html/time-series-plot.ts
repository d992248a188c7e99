import { scaleLinear } from 'd3-scale'
import type { LoadResult } from '../../measure/results/load-result.ts'
import { counted } from '../counted.ts'
import { horizontalAxis } from './axis.ts'
import { html, type Markup } from './escape.ts'
import { type Drawing, type Figure, figure, type PlotSize } from './figure.ts'
import { columns } from './hits.ts'
import { perSecond, plainMs } from './numbers.ts'
import type { Box } from './svg.ts'
import { type Bucket, timeBuckets } from './time-buckets.ts'
import { drawPanel, type TimePanel, type TimeSeries } from './time-panel.ts'

/** What happened when: rates, concurrency, refusals and latencies under one another, over one time. */
export function timeSeriesPlot(
  words: Pick<Figure, 'id' | 'title' | 'lead'>,
  { seconds }: LoadResult,
): Markup {
  const buckets = timeBuckets(seconds)
  const panels = panelsOf(buckets)
  const perPoint = buckets[0]?.seconds ?? 1
  const hasP99 = buckets.some(({ p99Ms }) => p99Ms !== null)
  return figure({
    ...words,
    description: description(buckets),
    note: [
      `n = ${counted(seconds.length, 'second')}.`,
      perPoint === 1
        ? 'In flight and sandboxes: as at the end of each second.'
        : `One point is ${perPoint} s: rates are means, gauges as at its end, latencies the medians of the seconds’ own.`,
      'p50: only of seconds with 20 answers or more.',
      hasP99
        ? 'p99: only of seconds with 1,000 answers or more.'
        : 'p99: n too small, no second has 1,000 answers; see the percentiles of the whole run.',
    ].join(' '),
    draw: buckets.length < 2 ? null : (size) => draw(size, buckets, panels),
  })
}

function panelsOf(buckets: readonly Bucket[]): TimePanel[] {
  const some = (value: TimeSeries['value']): boolean =>
    buckets.some((each) => (value(each) ?? 0) > 0)
  const series = (
    label: string,
    colour: string,
    kind: TimeSeries['kind'],
    value: TimeSeries['value'],
  ): TimeSeries => ({ label, colour, kind, value })
  const sandboxes = [
    series('busy', 's7', 'area', (each) => each.sandboxes?.busy ?? null),
    series('idle', 's7', 'light area', (each) => each.sandboxes?.idle ?? null),
    series('starting', 's1', 'area', (each) => each.sandboxes?.starting ?? null),
  ].filter(({ value }) => some(value))
  const events = [
    series('cold', 's1', 'bars', ({ cold }) => cold),
    series('throttled', 's2', 'bars', ({ throttled }) => throttled),
    series('failed', 's6', 'bars', ({ failed }) => failed),
  ].filter(({ value }) => some(value))
  const latencies = [
    series('max', 's8', 'dotted line', ({ maxMs }) => maxMs),
    series('p99', 's4', 'dashed line', ({ p99Ms }) => p99Ms),
    series('p50', 's4', 'line', ({ p50Ms }) => p50Ms),
  ].filter(({ value }) => some(value))
  return [
    {
      title: 'Requests per second',
      series: [
        series('sent', 's8', 'dashed line', ({ sent }) => sent),
        series('answered', 's3', 'line', ({ answered }) => answered),
      ],
    },
    {
      title:
        sandboxes.length > 0 ? 'Sandboxes by state, and requests in flight' : 'Requests in flight',
      series: [...sandboxes, series('in flight', 'ink-line', 'line', ({ inFlight }) => inFlight)],
    },
    { title: 'Cold starts, throttles and failures per second', series: events },
    { title: 'Response time, ms, log scale', isLog: true, series: latencies },
  ].filter((panel) => panel.series.length > 0)
}

function draw(
  { width, isNarrow }: PlotSize,
  buckets: readonly Bucket[],
  panels: readonly TimePanel[],
): Drawing {
  const panelHeight = isNarrow ? 104 : 118
  const step = panelHeight + 40
  const outer: Box = {
    left: 44,
    top: 24,
    right: width - 76,
    bottom: 24 + panels.length * step - 40,
  }
  const last = buckets.at(-1)
  const x = scaleLinear(
    [buckets[0]?.second ?? 0, (last?.second ?? 0) + (last?.seconds ?? 1)],
    [outer.left, outer.right],
  )
  const drawn = panels.map((panel, index) => {
    const top = outer.top + index * step
    return drawPanel(panel, buckets, x, { ...outer, top, bottom: top + panelHeight })
  })
  const hits = buckets.map((bucket) => {
    const [from, to] = [x(bucket.second), x(bucket.second + bucket.seconds)]
    return { from, to, at: (from + to) / 2, tip: tipOf(bucket) }
  })
  return {
    height: outer.bottom + 44,
    content: html`${horizontalAxis({
      scale: x,
      ticks: x.ticks(isNarrow ? 4 : 10).map((value) => ({ value, label: String(value) })),
      box: outer,
      title: 'seconds since the start',
    })}${drawn}${columns(hits, outer)}`,
  }
}

function tipOf(bucket: Bucket): string {
  const { second, seconds, sent, answered, cold, throttled, failed, inFlight } = bucket
  const { sandboxes, p50Ms, p99Ms, maxMs } = bucket
  return [
    seconds === 1 ? `second ${second}` : `seconds ${second} to ${second + seconds - 1}`,
    `${perSecond(sent)}/s sent, ${perSecond(answered)}/s answered`,
    `${perSecond(cold)}/s cold, ${perSecond(throttled)}/s throttled, ${perSecond(failed)}/s failed`,
    `${inFlight} in flight`,
    sandboxes === null
      ? ''
      : `sandboxes: ${sandboxes.busy} busy, ${sandboxes.idle} idle, ${sandboxes.starting} starting`,
    `p50 ${plainMs(p50Ms)}, p99 ${plainMs(p99Ms)}, max ${plainMs(maxMs)} ms`,
  ]
    .filter((each) => each !== '')
    .join('\n')
}

function description(buckets: readonly Bucket[]): string {
  const most = (of: (bucket: Bucket) => number): number => Math.max(0, ...buckets.map(of))
  const sandboxes = most(({ sandboxes: all }) =>
    all === null ? 0 : all.busy + all.idle + all.starting,
  )
  return `Time series. At most ${perSecond(most(({ sent }) => sent))} sent and ${perSecond(most(({ answered }) => answered))} answered a second, ${most(({ inFlight }) => inFlight)} in flight, ${sandboxes} sandboxes, ${perSecond(most(({ throttled }) => throttled))} throttled a second.`
}
