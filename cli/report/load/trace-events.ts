import type {
  InitReportEvent,
  InitStartEvent,
  InvokeStartEvent,
  PlatformEvent,
  ReportEvent,
  SandboxEvent,
} from '../../../runtime/telemetry/platform-events.ts'

/** Of the Trace Event Format: a name of a lane, a span, or an instant. Times are microseconds. */
interface TraceEvent {
  readonly name: string
  readonly ph: 'M' | 'X' | 'i'
  readonly pid: number
  readonly tid: number
  readonly ts?: number
  readonly dur?: number
  readonly s?: 't' | 'p'
  readonly args?: Readonly<Record<string, unknown>>
}

/** More is more than a browser shows, and than memory is there for in a long test. */
const MOST_EVENTS = 500_000

const POOL = 1
/** Throttles belong to no sandbox. */
const DOOR = 0

interface Lane {
  readonly tid: number
  /** When the runtime began to start, the invocation to run, the freeze. */
  initFromMs: number | undefined
  invokeFromMs: number | undefined
  frozenFromMs: number | undefined
}

/**
 * The life of a pool as a trace that Chrome and Perfetto show: one lane for each sandbox, in which
 * its init phases, invocations and freezes are spans. Platform events have whole milliseconds.
 */
export class TraceEvents {
  readonly #most: number
  readonly #lanes = new Map<string, Lane>()
  readonly #events: TraceEvent[] = [
    { name: 'process_name', ph: 'M', pid: POOL, tid: DOOR, args: { name: 'pool' } },
    { name: 'thread_name', ph: 'M', pid: POOL, tid: DOOR, args: { name: 'throttled' } },
  ]
  #leftOut = 0

  /** @param most events; what comes later is counted only. */
  constructor(most = MOST_EVENTS) {
    this.#most = most
  }

  hear(event: PlatformEvent): void {
    if (event.type === 'platform.throttle') {
      const { atMs, reason, requestId } = event
      return this.#instant(DOOR, 'throttle', atMs, { reason, requestId })
    }
    if (isDrawn(event)) this.#draw(this.#laneOf(event.sandboxId), event)
  }

  #draw(lane: Lane, event: DrawnEvent): void {
    switch (event.type) {
      case 'platform.initStart':
        lane.initFromMs = event.atMs
        return
      case 'platform.initReport': {
        const { phase, status, durationMs } = event
        this.#span(lane, 'init', lane.initFromMs, event.atMs, { phase, status, durationMs })
        lane.initFromMs = undefined
        return
      }
      case 'platform.start':
        lane.invokeFromMs = event.atMs
        return
      case 'platform.report': {
        const { requestId, report } = event
        const name = report.status === 'success' ? 'invoke' : `invoke: ${report.status}`
        this.#span(lane, name, lane.invokeFromMs, event.atMs, { requestId, ...report })
        lane.invokeFromMs = undefined
        return
      }
      default:
        this.#lifeEvent(lane, event)
    }
  }

  /** Events that came when it was full. */
  get leftOut(): number {
    return this.#leftOut
  }

  /** JSON, for chrome://tracing or ui.perfetto.dev. */
  json(): string {
    const otherData = { leftOut: this.#leftOut }
    return `${JSON.stringify({ displayTimeUnit: 'ms', otherData, traceEvents: this.#events })}\n`
  }

  #lifeEvent(lane: Lane, { type, atMs, reason }: SandboxEvent): void {
    if (type === 'sandbox.frozen') {
      lane.frozenFromMs = atMs
      return
    }
    if (type === 'sandbox.thawed' || type === 'sandbox.stopped') {
      this.#span(lane, 'frozen', lane.frozenFromMs, atMs, {})
      lane.frozenFromMs = undefined
    }
    if (type !== 'sandbox.thawed') {
      this.#instant(lane.tid, type.replace('sandbox.', ''), atMs, { reason })
    }
  }

  #span(lane: Lane, name: string, fromMs: number | undefined, toMs: number, args: object): void {
    if (fromMs === undefined) return
    this.#keep({
      name,
      ph: 'X',
      pid: POOL,
      tid: lane.tid,
      ts: fromMs * 1_000,
      dur: (toMs - fromMs) * 1_000,
      args: { ...args },
    })
  }

  #instant(tid: number, name: string, atMs: number, args: object): void {
    const event = { name, ph: 'i', s: 't', pid: POOL, tid, ts: atMs * 1_000, args: { ...args } }
    this.#keep(event as TraceEvent)
  }

  #keep(event: TraceEvent): void {
    if (this.#events.length < this.#most) this.#events.push(event)
    else this.#leftOut += 1
  }

  #laneOf(sandboxId: string): Lane {
    const known = this.#lanes.get(sandboxId)
    if (known !== undefined) return known
    const tid = this.#lanes.size + 1
    const lane = {
      tid,
      initFromMs: undefined,
      invokeFromMs: undefined,
      frozenFromMs: undefined,
    }
    this.#lanes.set(sandboxId, lane)
    const name = `sandbox ${tid} (${sandboxId.slice(0, 8)})`
    this.#keep({ name: 'thread_name', ph: 'M', pid: POOL, tid, args: { name } })
    return lane
  }
}

type DrawnEvent = InitStartEvent | InitReportEvent | InvokeStartEvent | ReportEvent | SandboxEvent

const isDrawn = (event: PlatformEvent): event is DrawnEvent =>
  event.type.startsWith('sandbox.') ||
  ['platform.initStart', 'platform.initReport', 'platform.start', 'platform.report'].includes(
    event.type,
  )
