import type { BenchResult, SeriesName, VariantResult } from '../../measure/results/bench-result.ts'
import { type Cell, csvText } from '../csv.ts'

const HEAD = [
  'variant',
  'label',
  'target',
  'isolation',
  'memory_mb',
  'node',
  'confinement',
  'build',
  'series',
  'runs',
  'n',
  'min_ms',
  'p50_ms',
  'p50_low_ms',
  'p50_high_ms',
  'p90_ms',
  'p99_ms',
  'p99_low_ms',
  'p99_high_ms',
  'p999_ms',
  'max_ms',
] as const

const SERIES: readonly SeriesName[] = ['cold', 'second', 'tenth', 'warm']

/** A row for each series of each variant; empty where the samples are too few for a figure. */
export const benchCsv = ({ variants }: BenchResult): string =>
  csvText(
    HEAD,
    variants.flatMap((variant) => SERIES.map((series) => row(variant, series))),
  )

function row(variant: VariantResult, name: SeriesName): Cell[] {
  const { id, label, target, isolation, memorySizeMb, node, confinement, build } = variant
  const { n, min, p50, p50Interval, p90, p99, p99Interval, p999, max, runsMs } =
    variant.series[name]
  return [
    ...[id, label, target, isolation, memorySizeMb, node, confinement, build, name],
    ...[runsMs.filter(({ length }) => length > 0).length, n, min],
    ...[p50, p50Interval?.low, p50Interval?.high, p90],
    ...[p99, p99Interval?.low, p99Interval?.high, p999, max],
  ]
}
