import type { Latencies, OutcomeName, OutcomeResult } from '../results/load-result.ts'
import { distributionFrom, LatencyHistogram } from '../statistics/histogram.ts'
import type { Classified } from './answer.ts'
import type { GeneratorCounts, GeneratorSecond } from './generator-messages.ts'

/** What one request took. */
export interface Times {
  /** From the planned instant. */
  readonly responseMs: number
  /** From the send. */
  readonly serviceMs: number
}

/** All outcomes of a load test, each by itself, and the second that is being counted. */
export class Tally {
  readonly #outcomes = new Map<string, Counted>()
  readonly #answered = new LatencyPair()
  readonly #counts = {
    ran: 0,
    cold: 0,
    throttled: 0,
    billedMs: 0,
    memorySizeMb: undefined as number | undefined,
  }
  #second = new Second()
  #seconds = 0

  sent(): void {
    this.#second.sent += 1
  }

  finished(classified: Classified, times: Times): void {
    const { outcome, reason, report, ran } = classified
    this.#countedOf(outcome, reason).record(times)
    if (ANSWERED.has(outcome)) this.#answered.record(times)
    this.#second.finished(outcome, times.responseMs)
    if (outcome === 'throttle') this.#counts.throttled += 1
    if (!ran) return
    this.#counts.ran += 1
    if (report === undefined) return
    if (report.isCold) this.#counts.cold += 1
    this.#counts.billedMs += report.billedMs ?? 0
    this.#counts.memorySizeMb ??= report.memorySizeMb
  }

  /** Ends the second that is being counted. */
  nextSecond(inFlight: number): GeneratorSecond {
    const row = this.#second.row(this.#seconds, inFlight)
    this.#seconds += 1
    this.#second = new Second()
    return row
  }

  /** Nothing has happened in the second that is being counted. */
  get isSecondEmpty(): boolean {
    return this.#second.isEmpty
  }

  counts(): GeneratorCounts {
    return { ...this.#counts }
  }

  answered(): Latencies {
    return this.#answered.latencies()
  }

  /** In the order of `OUTCOMES`; within one, the most frequent reason first. */
  outcomes(): OutcomeResult[] {
    return [...this.#outcomes.values()]
      .map((counted) => counted.result())
      .sort((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome) || b.count - a.count)
  }

  #countedOf(outcome: OutcomeName, reason: string | null): Counted {
    const key = `${outcome} ${reason}`
    const known = this.#outcomes.get(key)
    if (known !== undefined) return known
    const counted = new Counted(outcome, reason)
    this.#outcomes.set(key, counted)
    return counted
  }
}

const ORDER: readonly OutcomeName[] = [
  'cold',
  'warm',
  'answered',
  'throttle',
  'timeout',
  'out of memory',
  'function error',
  'http error',
  'client error',
]

const ANSWERED: ReadonlySet<OutcomeName> = new Set(['cold', 'warm', 'answered'])

class LatencyPair {
  readonly #response = new LatencyHistogram()
  readonly #service = new LatencyHistogram()

  record({ responseMs, serviceMs }: Times): void {
    this.#response.record(responseMs)
    this.#service.record(serviceMs)
  }

  latencies(): Latencies {
    return {
      responseMs: distributionFrom(this.#response),
      serviceMs: distributionFrom(this.#service),
    }
  }
}

class Counted {
  readonly #outcome: OutcomeName
  readonly #reason: string | null
  readonly #latencies = new LatencyPair()
  #count = 0

  constructor(outcome: OutcomeName, reason: string | null) {
    this.#outcome = outcome
    this.#reason = reason
  }

  record(times: Times): void {
    this.#count += 1
    this.#latencies.record(times)
  }

  result(): OutcomeResult {
    return {
      outcome: this.#outcome,
      reason: this.#reason,
      count: this.#count,
      latencies: this.#latencies.latencies(),
    }
  }
}

class Second {
  sent = 0
  #finished = 0
  readonly #counts = { cold: 0, warm: 0, answered: 0, throttled: 0, failed: 0 }
  /** Of what the function itself has answered. */
  readonly #response = new LatencyHistogram()

  finished(outcome: OutcomeName, responseMs: number): void {
    this.#finished += 1
    this.#counts[COLUMN[outcome]] += 1
    if (ANSWERED.has(outcome)) this.#response.record(responseMs)
  }

  get isEmpty(): boolean {
    return this.sent + this.#finished === 0
  }

  row(second: number, inFlight: number): GeneratorSecond {
    return {
      second,
      sent: this.sent,
      ...this.#counts,
      inFlight,
      p50Ms: this.#response.quantileMs(0.5),
      p99Ms: this.#response.quantileMs(0.99),
      maxMs: this.#response.maxMs,
    }
  }
}

const COLUMN: Readonly<Record<OutcomeName, 'cold' | 'warm' | 'answered' | 'throttled' | 'failed'>> =
  {
    cold: 'cold',
    warm: 'warm',
    answered: 'answered',
    throttle: 'throttled',
    timeout: 'failed',
    'out of memory': 'failed',
    'function error': 'failed',
    'http error': 'failed',
    'client error': 'failed',
  }
