import type { SecondRow, WorkloadSummary } from '../../measure/results/load-result.ts'
import type { Colours } from '../colours.ts'
import { formatMs } from '../format.ts'
import { courseLines } from './load-courses.ts'

/** What is known while a load test runs. */
export interface LiveState {
  readonly label: string
  readonly workload: WorkloadSummary
  readonly passedMs: number
  readonly rows: readonly SecondRow[]
  /** It was told to stop. */
  readonly isStopping: boolean
}

const BAR_CELLS = 30

/** What a terminal shows, a line each. */
export function liveFrame(state: LiveState, columns: number, paint: Colours): string[] {
  const { label, workload, rows } = state
  const last = rows.at(-1)
  return [
    `${paint.bold(label)}  ${paint.dim(workload.text)}`,
    `${progressBar(state, paint)} ${timeText(state)}`,
    ...(last === undefined ? [] : [lastSecond(last, paint)]),
    ...courseLines(rows, Math.max(10, Math.min(64, columns - 36)), paint),
  ]
}

/** What a log shows of a second, now and then. */
export function liveLine({ workload, passedMs, rows }: LiveState, paint: Colours): string {
  const last = rows.at(-1)
  const seconds = `${Math.floor(passedMs / 1_000)} of ${workload.durationMs / 1_000} s`
  return last === undefined ? seconds : `${seconds}  ${lastSecond(last, paint)}`
}

function progressBar({ workload, passedMs }: LiveState, paint: Colours): string {
  const share = Math.min(1, passedMs / workload.durationMs)
  const done = Math.round(share * BAR_CELLS)
  return `${paint.green('█'.repeat(done))}${paint.dim('░'.repeat(BAR_CELLS - done))}`
}

function timeText({ workload, passedMs, isStopping }: LiveState): string {
  if (isStopping) return 'stopping: waiting for what is in flight'
  const leftS = Math.ceil((workload.durationMs - passedMs) / 1_000)
  return leftS > 0 ? `${leftS} s left` : 'waiting for what is in flight'
}

function lastSecond(row: SecondRow, paint: Colours): string {
  const { sent, inFlight, sandboxes, cold, throttled, failed, p50Ms, p99Ms, maxMs } = row
  const parts = [`${sent} /s`, `${inFlight} in flight`]
  if (sandboxes !== null) {
    const { busy, idle, starting } = sandboxes
    parts.push(`sandboxes ${busy} busy ${idle} idle ${starting} starting`)
  }
  if (cold > 0) parts.push(paint.cyan(`${cold} cold`))
  if (throttled > 0) parts.push(paint.magenta(`${throttled} throttled`))
  if (failed > 0) parts.push(paint.red(`${failed} failed`))
  const time = (value: number | null): string => formatMs(value ?? undefined)
  const worst = p99Ms === null ? `max ${time(maxMs)}` : `p99 ${time(p99Ms)}`
  parts.push(`p50 ${time(p50Ms)} ${worst} ms`)
  return parts.join(' · ')
}
