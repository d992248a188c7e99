import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import { distributionFrom, LatencyHistogram } from '../statistics/histogram.ts'
import {
  type Answer,
  type Classified,
  classifyFailure,
  classifyLambda,
  classifyUrl,
} from './answer.ts'
import { plannedInstants } from './arrivals.ts'
import { Connections } from './connections.ts'
import type { GeneratorOrder, GeneratorReport, GeneratorSecond } from './generator-messages.ts'
import { pace } from './pacer.ts'
import type { PreparedRequest } from './prepared-request.ts'
import { Tally } from './tally.ts'
import type { ClosedWorkload, OpenWorkload } from './workload.ts'

/** How long what is in flight may take once it was told to stop, milliseconds. */
const STOP_GRACE_MS = 2_000

/** A caller of a closed loop that got no connection does not try again at once, milliseconds. */
const RETRY_MS = 100

/** How finely the delay of the event loop is measured, milliseconds. */
const DELAY_RESOLUTION_MS = 1

/** Sends requests as planned, and tells what became of them. */
export class Generator {
  readonly #order: GeneratorOrder
  readonly #request: PreparedRequest
  readonly #connections: Connections
  readonly #onSecond: (row: GeneratorSecond) => void
  readonly #tally = new Tally()
  readonly #lag = new LatencyHistogram()
  readonly #stop = new AbortController()
  readonly #stopped = new Promise<void>((resolve) => {
    this.#stop.signal.addEventListener('abort', () => resolve())
  })
  #startMs = 0
  #sent = 0
  #inFlight = 0
  #dropped = 0
  #onNothingInFlight = (): void => undefined

  constructor(
    order: GeneratorOrder,
    request: PreparedRequest,
    onSecond: (row: GeneratorSecond) => void,
  ) {
    this.#order = order
    this.#request = request
    this.#connections = new Connections(order.request.origin, order.patienceMs)
    this.#onSecond = onSecond
  }

  async run(): Promise<GeneratorReport> {
    const { workload } = this.#order
    const eventLoop = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS })
    eventLoop.enable()
    const cpuBefore = process.cpuUsage()
    this.#startMs = performance.now()
    const seconds = this.#tellSeconds()
    const overdue = await (workload.loop === 'open'
      ? this.#open(workload)
      : this.#closed(workload).then(() => null))
    const sendingMs = this.#sendingMs()
    await this.#drain()
    seconds.end()
    eventLoop.disable()
    const { user, system } = process.cpuUsage(cpuBefore)
    const passedMs = this.#nowMs()
    await this.#connections.destroy()
    return {
      complete: !this.#stop.signal.aborted,
      planned: overdue === null ? null : this.#sent + this.#dropped + overdue,
      sent: this.#sent,
      dropped: this.#dropped,
      sendingMs,
      counts: this.#tally.counts(),
      outcomes: this.#tally.outcomes(),
      answered: this.#tally.answered(),
      lagMs: distributionFrom(this.#lag),
      eventLoopDelayMs: {
        p99: beyondResolution(eventLoop.percentile(99)),
        max: beyondResolution(eventLoop.max),
      },
      cpu: (user + system) / 1_000 / passedMs,
    }
  }

  /** Sends nothing more. */
  stop(): void {
    this.#stop.abort()
  }

  #open(workload: OpenWorkload): Promise<number> {
    const instants = plannedInstants(workload, seededRandom(this.#order.seed))
    return pace(instants, {
      nowMs: () => this.#nowMs(),
      signal: this.#stop.signal,
      send: (dueMs, nowMs) => {
        if (this.#inFlight >= this.#order.maxInFlight) this.#dropped += 1
        else this.#send(dueMs, nowMs)
      },
    })
  }

  async #closed({ concurrency, durationMs }: ClosedWorkload): Promise<void> {
    let isOver = false
    const caller = async (): Promise<void> => {
      while (!isOver) {
        const nowMs = this.#nowMs()
        const { outcome } = await new Promise<Classified>((resolve) => {
          this.#send(nowMs, nowMs, resolve)
        })
        if (outcome === 'client error' && !isOver) await delay(RETRY_MS)
      }
    }
    for (let index = 0; index < concurrency; index += 1) void caller()
    // Callers that still wait for an answer are in flight.
    await this.#stoppedWithin(durationMs)
    isOver = true
  }

  #send(dueMs: number, sentMs: number, onEnd?: (classified: Classified) => void): void {
    this.#sent += 1
    this.#inFlight += 1
    this.#lag.record(sentMs - dueMs)
    this.#tally.sent()
    const end = (classified: Classified): void => {
      const nowMs = this.#nowMs()
      this.#tally.finished(classified, { responseMs: nowMs - dueMs, serviceMs: nowMs - sentMs })
      this.#inFlight -= 1
      if (this.#inFlight === 0) this.#onNothingInFlight()
      onEnd?.(classified)
    }
    this.#connections.send(this.#request.options, {
      answered: (answer) => end(this.#classify(answer)),
      failed: (error) => end(classifyFailure(error)),
    })
  }

  #classify(answer: Answer): Classified {
    return this.#order.request.answers === 'lambda' ? classifyLambda(answer) : classifyUrl(answer)
  }

  /** Waits for what is in flight; once it is told to stop, not for long. What is left then fails. */
  async #drain(): Promise<void> {
    const nothingLeft = new Promise<void>((resolve) => {
      this.#onNothingInFlight = resolve
      if (this.#inFlight === 0) resolve()
    })
    await Promise.race([nothingLeft, this.#stopped])
    await Promise.race([nothingLeft, delay(STOP_GRACE_MS, undefined, { ref: false })])
    if (this.#inFlight > 0) await this.#connections.destroy()
    await nothingLeft
  }

  /** Resolves after so long, or at once when it is told to stop. */
  async #stoppedWithin(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms)
    })
    await Promise.race([over, this.#stopped])
    clearTimeout(timer)
  }

  /** A row at the end of every second, and one for what came after the last. */
  #tellSeconds(): { end(): void } {
    let told = 0
    const tell = (): void => {
      told += 1
      this.#onSecond(this.#tally.nextSecond(this.#inFlight))
      timer = setTimeout(tell, Math.max(0, (told + 1) * 1_000 - this.#nowMs()))
    }
    let timer = setTimeout(tell, 1_000)
    return {
      end: () => {
        clearTimeout(timer)
        if (!this.#tally.isSecondEmpty) this.#onSecond(this.#tally.nextSecond(this.#inFlight))
      },
    }
  }

  #sendingMs(): number {
    const { durationMs } = this.#order.workload
    const nowMs = this.#nowMs()
    return this.#stop.signal.aborted ? nowMs : Math.max(nowMs, durationMs)
  }

  #nowMs(): number {
    return performance.now() - this.#startMs
  }
}

/** The histogram holds how long a timer of that resolution took, nanoseconds. */
const beyondResolution = (ns: number): number => Math.max(0, ns / 1e6 - DELAY_RESOLUTION_MS)
