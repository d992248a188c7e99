import { invariant } from '../../kernel/invariant.ts'
import type { Statistic } from './metric-catalogue.ts'
import { ValueHistogram } from './value-histogram.ts'

/** Values that must lie beyond a percentile before it says anything. */
const MIN_BEYOND = 10

/** What is known of the values of one metric in one period, or in several that were merged. */
export class StatisticSet {
  #count = 0
  #sum = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY
  readonly #histogram: ValueHistogram | undefined

  constructor({ hasPercentiles }: { readonly hasPercentiles: boolean }) {
    this.#histogram = hasPercentiles ? new ValueHistogram() : undefined
  }

  record(value: number): void {
    this.#count += 1
    this.#sum += value
    this.#min = Math.min(this.#min, value)
    this.#max = Math.max(this.#max, value)
    this.#histogram?.record(value)
  }

  merge(other: StatisticSet): void {
    this.#count += other.#count
    this.#sum += other.#sum
    this.#min = Math.min(this.#min, other.#min)
    this.#max = Math.max(this.#max, other.#max)
    if (other.#histogram !== undefined) this.#histogram?.merge(other.#histogram)
  }

  /** However few the values: CloudWatch evaluates a percentile of one value, too. */
  value(statistic: Statistic): number {
    switch (statistic) {
      case 'Sum':
        return this.#sum
      case 'SampleCount':
        return this.#count
      case 'Average':
        return this.#sum / this.#count
      case 'Minimum':
        return this.#min
      case 'Maximum':
        return this.#max
      default:
        return this.#percentile(percentOf(statistic))
    }
  }

  /** As it is shown: `null` for a percentile with fewer than ten values beyond it. */
  shown(statistic: Statistic): number | null {
    if (!statistic.startsWith('p')) return this.value(statistic)
    const beyond = Math.min(percentOf(statistic), 100 - percentOf(statistic)) / 100
    return this.#count * beyond >= MIN_BEYOND - 1e-6 ? this.value(statistic) : null
  }

  /** Nearest rank: the smallest and the largest value are known as they are, others from buckets. */
  #percentile(percent: number): number {
    const rank = Math.ceil((percent / 100) * this.#count - 1e-9)
    if (rank <= 1) return this.#min
    if (rank >= this.#count) return this.#max
    const value = this.#histogram?.ofRank(rank)
    invariant(value !== undefined, 'a percentile of values that were only counted')
    return Math.min(this.#max, Math.max(this.#min, value))
  }
}

const percentOf = (statistic: string): number => Number(statistic.slice(1))
