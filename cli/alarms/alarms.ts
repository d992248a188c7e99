import { pino } from 'pino'
import type { Emulator } from '../../runtime/emulator.ts'
import type { Metrics } from '../../runtime/telemetry/metrics/collect-metrics.ts'
import { minuteOf, PERIOD_MS } from '../../runtime/telemetry/metrics/period-series.ts'
import { UsageError } from '../exit-codes.ts'
import { colours } from '../report/colours.ts'
import { warn } from '../report/warn.ts'
import { alarmEvent } from './alarm-event.ts'
import type { AlarmRule } from './alarm-rule.ts'
import { type AlarmTarget, parseTarget } from './alarm-target.ts'
import { changeText } from './alarm-text.ts'
import { type AlarmChange, AlarmWatch } from './alarm-watch.ts'
import type { NamedFunction } from './named-function.ts'
import { parseAlarm } from './parse-alarm.ts'
import { postJson } from './post-json.ts'

/** What `--alarm` and `--on-alarm` ask for. */
export interface Alarms {
  readonly rules: readonly AlarmRule[]
  readonly targets: readonly AlarmTarget[]
}

/** @throws UsageError for what is not well written, or names a function that is not there. */
export function readAlarms(
  alarms: readonly string[],
  onAlarm: readonly string[],
  functions: readonly NamedFunction[],
): Alarms {
  if (alarms.length === 0 && onAlarm.length > 0) {
    throw new UsageError('--on-alarm needs at least one --alarm')
  }
  const rules = alarms.map((text) => parseAlarm(text, functions))
  const targets = onAlarm.map((text) => parseTarget(text, functions, rules))
  return { rules, targets: targets.length === 0 ? [{ kind: 'print' }] : targets }
}

export interface WatchOptions {
  readonly emulator: Pick<Emulator, 'invoke'>
  readonly metrics: Metrics
  /** A line of the log, not one for people. */
  readonly json: boolean
}

/** After the start of a minute, so that a timer that is early does not see the one before. */
const SLACK_MS = 20

/** Watches until it is stopped. Nothing that a change sets off can fail it: failures are said. */
export function watchAlarms({ rules, targets }: Alarms, options: WatchOptions): { stop(): void } {
  const { metrics } = options
  const stopped = new AbortController()
  if (rules.length === 0) return { stop: () => undefined }
  const tell = tellers(options)
  const watch = new AlarmWatch(rules, metrics, Date.now(), (change) => {
    for (const target of targets) void act(target, change, tell, options, stopped.signal)
  })
  metrics.onSample((sample) => {
    if (!stopped.signal.aborted) watch.onSample(sample, Date.now())
  })
  let timer: NodeJS.Timeout
  const wait = (): void => {
    const nextMs = (minuteOf(Date.now()) + 1) * PERIOD_MS + SLACK_MS
    timer = setTimeout(() => {
      watch.minuteEnded(Date.now())
      wait()
    }, nextMs - Date.now()).unref()
  }
  wait()
  return {
    stop: () => {
      clearTimeout(timer)
      stopped.abort()
    },
  }
}

interface Tellers {
  change(change: AlarmChange): void
  failure(change: AlarmChange, what: string): void
}

/** For people on standard error, since it is no answer to what they do; for programs in the log. */
function tellers({ json }: WatchOptions): Tellers {
  if (!json) {
    return {
      change: (change) => process.stderr.write(`${painted(change)}\n`),
      failure: ({ rule }, what) => warn(`alarm ${rule.text}: ${what}`),
    }
  }
  const logger = pino({ base: null }, process.stdout)
  const record = ({ rule, state, previous, datapoints }: AlarmChange) => ({
    type: 'alarm',
    alarm: rule.text,
    state,
    previous,
    values: datapoints.map(({ value }) => value ?? null),
  })
  return {
    change: (change) =>
      logger[change.state === 'ALARM' ? 'warn' : 'info'](record(change), changeText(change)),
    failure: (change, what) => logger.error({ ...record(change), error: what }, what),
  }
}

function painted(change: AlarmChange): string {
  const { red, green, yellow } = colours.stderr
  const paint = { ALARM: red, OK: green, INSUFFICIENT_DATA: yellow }[change.state]
  return paint(`sandlot: alarm: ${changeText(change)}`)
}

async function act(
  target: AlarmTarget,
  change: AlarmChange,
  tell: Tellers,
  { emulator }: WatchOptions,
  signal: AbortSignal,
): Promise<void> {
  if (target.kind === 'print') return tell.change(change)
  const problem =
    target.kind === 'post'
      ? await postJson(target.url, alarmEvent(change), signal)
      : await invoke(emulator, target.functionName, alarmEvent(change))
  // What is under way when the server ends, ends with it.
  if (problem === undefined || signal.aborted) return
  const where = target.kind === 'post' ? `POST ${target.url}` : target.functionName
  tell.failure(change, `${where} was not told: ${problem}`)
}

async function invoke(
  emulator: WatchOptions['emulator'],
  functionName: string,
  event: object,
): Promise<string | undefined> {
  try {
    const result = await emulator.invoke({ functionName, payload: JSON.stringify(event) })
    return result.functionError === undefined ? undefined : `it failed with ${result.errorType}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
