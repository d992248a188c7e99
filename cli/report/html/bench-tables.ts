import type {
  BenchResult,
  Comparison,
  Series,
  SeriesName,
  VariantResult,
} from '../../measure/results/bench-result.ts'
import type { Interval } from '../../measure/results/figures.ts'
import { NOT_SUPPORTED } from '../format.ts'
import { nameOf, VERDICT_CLASSES } from './comparison-plot.ts'
import { html, type Markup } from './escape.ts'
import { between, count, megabytes, milliseconds, plainMs, ratioText } from './numbers.ts'
import { type Cell, table } from './tables.ts'
import { seriesColour } from './theme.ts'

const SERIES: readonly SeriesName[] = ['cold', 'second', 'tenth', 'warm']

/** A variant's letter in its colour, and its name. */
export const variantName = ({ id, label }: VariantResult, index: number): Markup =>
  html`<span class="letter ${seriesColour(index)}">${id}</span>${label}`

export function latencyTable({ variants }: BenchResult): Markup {
  return table(
    'Response times, ms',
    [
      { name: 'variant', wraps: true },
      { name: 'invocation', isText: true },
      { name: 'n' },
      { name: 'min' },
      { name: 'p50', isMain: true },
      { name: '95 % interval' },
      { name: 'p90' },
      { name: 'p99' },
      { name: '95 % interval' },
      { name: 'p99.9' },
      { name: 'max' },
    ],
    variants.flatMap((variant, index) =>
      SERIES.map((name, place) => ({
        ...(place === 0 && { head: variantName(variant, index), headRows: SERIES.length }),
        isFirst: place === 0,
        cells: [name, ...figures(variant.series[name])],
      })),
    ),
    'cold: the first invocation of a sandbox, which starts it; second and tenth: of the same sandbox; warm: those after the warm-up.',
  )
}

const figures = (series: Series): Cell[] => [
  count(series.n),
  plainMs(series.min),
  plainMs(series.p50),
  intervalCell(series.p50Interval, plainMs),
  plainMs(series.p90),
  plainMs(series.p99),
  intervalCell(series.p99Interval, plainMs),
  plainMs(series.p999),
  plainMs(series.max),
]

const intervalCell = (interval: Interval | null, format: (value: number) => string): Cell =>
  interval === null
    ? NOT_SUPPORTED
    : html`<span class="between">${between(interval, format)}</span>`

const twoDigits = (value: number): string => value.toFixed(2)

export function comparisonTable({ comparisons, settings }: BenchResult): Markup {
  return table(
    'Comparisons',
    [
      { name: 'compared' },
      { name: 'verdict', isText: true },
      { name: 'ratio', isMain: true },
      { name: '95 % interval' },
      { name: 'difference, ms' },
      { name: '95 % interval' },
      { name: 'p value' },
      { name: 'effect' },
    ],
    comparisons.map((each) => ({
      head: nameOf(each),
      cells: [
        verdictText(each),
        ratioText(each.ratio.value),
        intervalCell(each.ratio.interval, twoDigits),
        signed(each.differenceMs.value),
        intervalCell(each.differenceMs.interval, signed),
        each.pValue === null ? NOT_SUPPORTED : pValueText(each.pValue),
        `${signOf(each.effect)}${Math.abs(each.effect).toFixed(2)}`,
      ],
    })),
    `Smallest effect that matters: ${Math.round(settings.smallestEffect * 1_000) / 10} %. p value: of no difference at all, by permutation of runs, after Holm’s correction. Effect: Cliff’s delta, from −1 (always faster) to 1 (always slower).`,
  )
}

export const verdictText = ({ verdict }: Comparison): Markup =>
  html`<span class="verdict ${VERDICT_CLASSES[verdict]}">${verdict}</span>`

const signed = (ms: number): string => `${signOf(ms)}${plainMs(Math.abs(ms))}`

/** What is rounded to nothing has none. */
const signOf = (value: number): string => (Math.abs(value) < 0.005 ? '' : value < 0 ? '−' : '+')

const pValueText = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3))

/** What each variant is, and what Lambda's REPORT line says of it. */
export function variantTable({ variants }: BenchResult): Markup {
  return table(
    'Variants, and the medians of their REPORT lines',
    [
      { name: '' },
      ...variants.map((variant, index) => ({ name: variantName(variant, index), isText: true })),
    ],
    VARIANT_ROWS.map(([name, of]) => ({ head: name, cells: variants.map(of) })),
  )
}

const VARIANT_ROWS: readonly (readonly [string, (variant: VariantResult) => string])[] = [
  ['target', ({ target }) => target],
  ['build', ({ build }) => build ?? 'as it lies there'],
  [
    'sandbox',
    ({ isolation, confinement }) =>
      isolation === 'thread' ? isolation : `${isolation}, confined as ${confinement}`,
  ],
  ['memory', ({ memorySizeMb }) => megabytes(memorySizeMb)],
  ['CPU', ({ architecture }) => architecture],
  ['Node.js', ({ node }) => node],
  ['warm-up calls', ({ warmUpCalls }) => count(warmUpCalls)],
  ['billed, cold', ({ billed }) => milliseconds(billed.coldMs)],
  ['billed, warm', ({ billed }) => milliseconds(billed.warmMs)],
  ['init', ({ billed }) => milliseconds(billed.initMs)],
  [
    'memory used',
    ({ billed: { maxMemoryUsedMb } }) =>
      maxMemoryUsedMb === null ? NOT_SUPPORTED : megabytes(maxMemoryUsedMb),
  ],
]
