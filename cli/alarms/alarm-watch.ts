import type { Metrics } from '../../runtime/telemetry/metrics/collect-metrics.ts'
import type { MetricSample } from '../../runtime/telemetry/metrics/metric-sample.ts'
import { minuteOf } from '../../runtime/telemetry/metrics/period-series.ts'
import { type AlarmState, alarmState, breachingUntil } from './alarm-policy.ts'
import { type AlarmRule, growsOnly } from './alarm-rule.ts'

/** An alarm is in another state. */
export interface AlarmChange {
  readonly rule: AlarmRule
  readonly state: AlarmState
  readonly previous: AlarmState
  readonly atMs: number
  /** When it had come into the previous state. */
  readonly previousAtMs: number
  /** What it was decided by: the rule's minutes, the oldest first. */
  readonly datapoints: readonly Datapoint[]
}

export interface Datapoint {
  /** Minutes since the epoch. */
  readonly minute: number
  readonly value: number | undefined
}

interface Alarm {
  readonly rule: AlarmRule
  state: AlarmState
  sinceMs: number
}

/**
 * Keeps the state of alarms. Each is looked at when a minute has ended. One of a figure that can only
 * grow, a sum or a maximum above a threshold, comes at once when the figure is reached, also in the
 * minute of an invocation that started long ago and has only now ended.
 */
export class AlarmWatch {
  readonly #metrics: Pick<Metrics, 'statistics'>
  readonly #onChange: (change: AlarmChange) => void
  readonly #alarms: readonly Alarm[]
  readonly #startMinute: number

  constructor(
    rules: readonly AlarmRule[],
    metrics: Pick<Metrics, 'statistics'>,
    nowMs: number,
    onChange: (change: AlarmChange) => void,
  ) {
    this.#metrics = metrics
    this.#onChange = onChange
    this.#alarms = rules.map((rule) => ({ rule, state: 'INSUFFICIENT_DATA', sinceMs: nowMs }))
    this.#startMinute = minuteOf(nowMs)
  }

  /** Call it soon after each minute has begun. */
  minuteEnded(nowMs: number): void {
    const last = minuteOf(nowMs) - 1
    for (const alarm of this.#alarms) {
      const { rule, state } = alarm
      const datapoints = this.#datapoints(rule, last)
      const values = datapoints.map(({ value }) => value)
      this.#becomes(alarm, alarmState(rule, values, state), nowMs, datapoints)
    }
  }

  onSample({ name, functionName, atMs }: MetricSample, nowMs: number): void {
    for (const alarm of this.#alarms) {
      const { rule, state } = alarm
      if (rule.metric !== name || state === 'ALARM' || !growsOnly(rule)) continue
      if (rule.functionName !== undefined && rule.functionName !== functionName) continue
      const valueIn = (minute: number): number | undefined => this.#value(rule, minute)
      const last = breachingUntil(rule, minuteOf(atMs), valueIn)
      if (last === undefined) continue
      this.#becomes(alarm, 'ALARM', nowMs, this.#datapoints(rule, last))
    }
  }

  #becomes(alarm: Alarm, state: AlarmState, atMs: number, datapoints: readonly Datapoint[]): void {
    const { rule, state: previous, sinceMs: previousAtMs } = alarm
    if (state === previous) return
    alarm.state = state
    alarm.sinceMs = atMs
    this.#onChange({ rule, state, previous, atMs, previousAtMs, datapoints })
  }

  #datapoints(rule: AlarmRule, last: number): Datapoint[] {
    return Array.from({ length: rule.minutes }, (_, index) => {
      const minute = last - rule.minutes + 1 + index
      return { minute, value: this.#value(rule, minute) }
    })
  }

  #value(rule: AlarmRule, minute: number): number | undefined {
    // It was heard of for a part of its first minute only, in which too little is no evidence.
    if (minute <= this.#startMinute && rule.comparison.startsWith('<')) return undefined
    return this.#metrics.statistics(rule.metric, rule.functionName, minute)?.value(rule.statistic)
  }
}
