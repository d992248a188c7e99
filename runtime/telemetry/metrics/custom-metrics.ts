import type { FunctionLogEvent } from '../platform-events.ts'
import { type EmbeddedSample, readEmbeddedMetrics } from './embedded-metrics.ts'
import { PeriodSeries } from './period-series.ts'

/** Series of custom metrics that are kept: each value of a dimension makes another one. */
const MOST_SERIES = 1_000
/** Different problems that are kept, each with its number. */
const MOST_PROBLEMS = 100

/** One custom metric of one set of dimensions. */
export interface CustomSeries {
  readonly namespace: string
  readonly name: string
  readonly unit: string
  readonly dimensions: Readonly<Record<string, string>>
  /** The functions that have printed it. */
  readonly functionNames: ReadonlySet<string>
  readonly periods: PeriodSeries
  /** Since the beginning, also of what is not kept any more. */
  readonly total: { readonly count: number; readonly sum: number }
}

/** Something of embedded metrics that was not taken. */
export interface EmbeddedProblem {
  readonly functionName: string
  readonly reason: string
  /** So many lines had it. */
  readonly count: number
}

type Draft = CustomSeries & {
  readonly functionNames: Set<string>
  readonly total: { count: number; sum: number }
}

/** Metrics that functions print in CloudWatch's embedded metric format. */
export class CustomMetrics {
  readonly #onProblem: (problem: EmbeddedProblem) => void
  readonly #series = new Map<string, Draft>()
  readonly #problems = new Map<string, EmbeddedProblem>()
  #lines = 0
  #unnamed = 0

  /** @param onProblem hears of each problem when it is new. */
  constructor(onProblem: (problem: EmbeddedProblem) => void) {
    this.#onProblem = onProblem
  }

  /** Lines in the format so far, with or without a problem. */
  get lines(): number {
    return this.#lines
  }

  /** Problems beyond those that are named. */
  get unnamedProblems(): number {
    return this.#unnamed
  }

  series(): CustomSeries[] {
    return [...this.#series.values()]
  }

  problems(): EmbeddedProblem[] {
    return [...this.#problems.values()]
  }

  onLine({ text, atMs, functionName }: FunctionLogEvent): void {
    const reading = readEmbeddedMetrics(text, atMs)
    if (reading === undefined) return
    this.#lines += 1
    const problems = new Set(reading.problems)
    for (const sample of reading.samples) {
      if (!this.#record(sample, functionName)) problems.add(TOO_MANY)
    }
    for (const reason of problems) this.#tell(functionName, reason)
  }

  #record(sample: EmbeddedSample, functionName: string): boolean {
    const { namespace, name, dimensions, atMs, values } = sample
    const key = JSON.stringify([namespace, name, dimensions])
    const series = this.#series.get(key) ?? this.#newSeries(key, sample)
    if (series === undefined) return false
    series.functionNames.add(functionName)
    for (const value of values) {
      series.periods.record(atMs, value)
      series.total.count += 1
      series.total.sum += value
    }
    return true
  }

  #newSeries(key: string, { namespace, name, unit, dimensions }: EmbeddedSample) {
    if (this.#series.size >= MOST_SERIES) return undefined
    const series: Draft = {
      namespace,
      name,
      unit,
      dimensions,
      functionNames: new Set<string>(),
      periods: new PeriodSeries({ hasPercentiles: true }),
      total: { count: 0, sum: 0 },
    }
    this.#series.set(key, series)
    return series
  }

  #tell(functionName: string, reason: string): void {
    const key = JSON.stringify([functionName, reason])
    const known = this.#problems.get(key)
    if (known === undefined && this.#problems.size >= MOST_PROBLEMS) {
      this.#unnamed += 1
      return
    }
    const problem = { functionName, reason, count: (known?.count ?? 0) + 1 }
    this.#problems.set(key, problem)
    if (known === undefined) this.#onProblem(problem)
  }
}

const TOO_MANY = `there are ${MOST_SERIES} series of custom metrics already: no further one is kept`
