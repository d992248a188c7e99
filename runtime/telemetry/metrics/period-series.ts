import { StatisticSet } from './statistic-set.ts'

/** Length of a period, milliseconds: what Lambda gives CloudWatch. */
export const PERIOD_MS = 60_000

/**
 * Periods that are kept, the running one included: three hours. CloudWatch keeps one-minute periods
 * for 15 days; a server here seldom lives that long.
 */
export const KEPT_PERIODS = 180

/** A minute, counted from the epoch. */
export const minuteOf = (atMs: number): number => Math.floor(atMs / PERIOD_MS)

/** One metric of one set of dimensions: its last periods, of those in which there was anything. */
export class PeriodSeries {
  readonly #hasPercentiles: boolean
  readonly #periods = new Map<number, StatisticSet>()
  #newest = Number.NEGATIVE_INFINITY
  #level = 0
  #levelMinute = Number.NEGATIVE_INFINITY

  constructor(options: { readonly hasPercentiles: boolean }) {
    this.#hasPercentiles = options.hasPercentiles
  }

  /** Also of a period that is over; one that is not kept any more takes nothing. */
  record(atMs: number, value: number): void {
    this.#period(minuteOf(atMs))?.record(value)
  }

  /** The level is this from now on. */
  setLevel(atMs: number, level: number): void {
    this.advance(atMs)
    this.#level = level
    // The wall clock may have been set back: a level is of the latest minute that it has reached.
    if (level > 0) this.#period(this.#levelMinute)?.record(level)
  }

  /** The level was held until now: every minute that has begun since has had it. */
  advance(nowMs: number): void {
    const minute = minuteOf(nowMs)
    if (minute <= this.#levelMinute) return
    const from = Math.max(this.#levelMinute + 1, minute - KEPT_PERIODS + 1)
    for (let each = from; this.#level > 0 && each <= minute; each += 1) {
      this.#period(each)?.record(this.#level)
    }
    this.#levelMinute = minute
  }

  at(minute: number): StatisticSet | undefined {
    return this.#periods.get(minute)
  }

  /** All of them in one, from the minute `from` to the minute `to`; `undefined` where there was nothing. */
  merged(from: number, to: number): StatisticSet | undefined {
    let merged: StatisticSet | undefined
    for (let minute = from; minute <= to; minute += 1) {
      const period = this.#periods.get(minute)
      if (period === undefined) continue
      merged ??= this.#newSet()
      merged.merge(period)
    }
    return merged
  }

  #period(minute: number): StatisticSet | undefined {
    const known = this.#periods.get(minute)
    if (known !== undefined) return known
    if (minute <= this.#newest - KEPT_PERIODS) return undefined
    if (minute > this.#newest) this.#forgetBefore(minute - KEPT_PERIODS + 1)
    this.#newest = Math.max(this.#newest, minute)
    const period = this.#newSet()
    this.#periods.set(minute, period)
    return period
  }

  #forgetBefore(minute: number): void {
    for (const each of this.#periods.keys()) {
      if (each < minute) this.#periods.delete(each)
    }
  }

  #newSet(): StatisticSet {
    return new StatisticSet({ hasPercentiles: this.#hasPercentiles })
  }
}
