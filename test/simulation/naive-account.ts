import type { RequestId } from '../../runtime/kernel/ids.ts'
import type {
  FunctionKey,
  SchedulerAction,
  SchedulerEvent,
  VersionKey,
} from '../../runtime/scheduler/scheduler-events.ts'
import type { SchedulerOptions } from '../../runtime/scheduler/scheduler-options.ts'
import { NaiveBucket } from './naive-bucket.ts'
import { SlidingCount } from './sliding-count.ts'

type ActionOf<Type extends SchedulerAction['type']> = Extract<SchedulerAction, { type: Type }>

interface Running {
  readonly versionKey: VersionKey
  readonly kind: ActionOf<'assign'>['concurrency']
}

export const functionOf = (versionKey: VersionKey): FunctionKey =>
  versionKey.split(':')[0] as FunctionKey

/**
 * Counts by itself who runs, who has reserved what and how fast things went, as plainly as can be, and
 * says of every invocation whether it was admitted within all limits, or refused for a limit that was
 * really reached.
 */
export class NaiveAccount {
  readonly #rules: SchedulerOptions
  readonly #running = new Map<RequestId, Running>()
  readonly #reserved = new Map<FunctionKey, number>()
  readonly #provisioned = new Map<VersionKey, number>()
  /** Versions whose provisioned sandboxes were all there once since they were asked for. */
  readonly #open = new Set<VersionKey>()
  readonly #begun: SlidingCount
  readonly #environments = new Map<FunctionKey, NaiveBucket>()
  readonly #requests = new Map<FunctionKey, NaiveBucket>()
  readonly #units = new Map<VersionKey, NaiveBucket>()
  readonly #account: NaiveBucket
  readonly #callers: NaiveBucket

  constructor(rules: SchedulerOptions) {
    this.#rules = rules
    const { accountLimit, rates } = rules
    this.#account = new NaiveBucket(rates.requestsPerConcurrency * accountLimit)
    this.#callers = new NaiveBucket(rates.callerRequestsPerSecond)
    this.#begun = new SlidingCount(rates.environmentsPer10s, rates.environmentsPer10s / 10)
  }

  get inFlight(): number {
    return this.#running.size
  }

  hear(event: SchedulerEvent, nowUs: number): void {
    const { requestsPerConcurrency } = this.#rules.rates
    switch (event.type) {
      case 'reservationChanged': {
        const { functionKey, reserved } = event
        if (this.#reserved.get(functionKey) === reserved) return
        if (reserved === undefined) this.#reserved.delete(functionKey)
        else this.#reserved.set(functionKey, reserved)
        const rate = requestsPerConcurrency * (reserved ?? 0)
        this.#requests.set(functionKey, new NaiveBucket(rate, nowUs))
        return
      }
      case 'provisionedChanged': {
        const { versionKey, count } = event
        if (count === 0) this.#open.delete(versionKey)
        this.#provisioned.set(versionKey, count)
        this.#units.set(versionKey, new NaiveBucket(requestsPerConcurrency * count, nowUs))
        return
      }
      case 'invocationArrived':
        this.#callers.count(nowUs)
        return
      default:
    }
  }

  /** @param isNew a sandbox was made for it. */
  assigned(
    action: ActionOf<'assign'>,
    versionKey: VersionKey,
    isNew: boolean,
    nowUs: number,
  ): void {
    const { concurrency: kind, requestId } = action
    const key = functionOf(versionKey)
    if (this.#reserved.get(key) === 0) throw new Error('admitted with a reservation of 0')
    if (this.#callers.wasTooMuch) throw new Error('admitted beyond the rate of the callers')
    if (kind === 'provisioned') {
      if (!this.#open.has(versionKey)) throw new Error('provisioned sandboxes used too early')
      this.#takeFrom(this.#units.get(versionKey), nowUs, 'provisioned units')
    } else {
      if (this.#isUsedUp(key)) throw new Error('admitted beyond concurrency')
      this.#takeFrom(this.#rateOf(key), nowUs, 'requests')
      if (isNew) {
        this.#takeFrom(this.#environmentsOf(key), nowUs, 'environments')
        this.#begun.add(key, nowUs)
      }
    }
    this.#running.set(requestId, { versionKey, kind })
  }

  /** @param needsNew no sandbox is there for it. */
  throttled(
    { reason, retryAfterUs }: ActionOf<'throttle'>,
    versionKey: VersionKey,
    needsNew: boolean,
    nowUs: number,
  ): void {
    const key = functionOf(versionKey)
    const reserved = this.#reserved.get(key)
    const rates = needsNew ? [this.#rateOf(key), this.#environmentsOf(key)] : [this.#rateOf(key)]
    const tooFast = areEmpty(rates, nowUs)
    const isTrue = {
      ReservedFunctionConcurrentInvocationLimitExceeded:
        reserved !== undefined && this.#onDemand(key) >= reserved - this.#provisionedOf(key),
      ConcurrentInvocationLimitExceeded: this.#isUsedUp(key),
      CallerRateLimitExceeded: this.#callers.wasTooMuch,
      ReservedFunctionInvocationRateLimitExceeded: reserved !== undefined && tooFast,
      FunctionInvocationRateLimitExceeded: reserved === undefined && tooFast,
    }[reason]
    if (!isTrue) throw new Error(`throttled for no reason: ${reason}`)
    const isRate = reason.includes('Rate')
    if (isRate !== (retryAfterUs !== undefined)) throw new Error(`${reason}: ${retryAfterUs}`)
    if (retryAfterUs === undefined) return
    this.#checkWait(reason.startsWith('Caller') ? [this.#callers] : rates, retryAfterUs, nowUs)
  }

  /** It could be admitted after that, and not before. */
  #checkWait(rates: readonly (NaiveBucket | undefined)[], waitUs: number, nowUs: number): void {
    if (areEmpty(rates, nowUs + waitUs)) throw new Error(`${waitUs} µs later it is still too fast`)
    const tellableUs = Math.max(...rates.map((rate) => rate?.tellableUs ?? 0))
    if (waitUs > tellableUs && !areEmpty(rates, nowUs + waitUs - tellableUs)) {
      throw new Error(`it need not wait for ${waitUs} µs`)
    }
  }

  /** Its function has a reservation of 0. */
  neverRuns(versionKey: VersionKey): boolean {
    return this.#reserved.get(functionOf(versionKey)) === 0
  }

  /** Whether one that is idle may be used: all were there once, and the rate allows it. */
  mayUseProvisioned(versionKey: VersionKey, nowUs: number): boolean {
    return this.#open.has(versionKey) && this.#units.get(versionKey)?.isEmpty(nowUs) === false
  }

  /** At the end of a history: whether there were too many new environments in some window of time. */
  checkWindows(): void {
    this.#begun.check()
  }

  finished(requestId: RequestId): void {
    this.#running.delete(requestId)
  }

  told({ versionKey, state }: ActionOf<'provisioned'>): void {
    if (state.status === 'READY' && state.requested > 0) this.#open.add(versionKey)
    if (state.allocated > state.requested) throw new Error('more are provisioned than asked for')
  }

  /** Invocations at once of functions without a reservation. */
  get unreservedPool(): number {
    let claimed = 0
    const keys = new Set([
      ...this.#reserved.keys(),
      ...[...this.#provisioned.keys()].map(functionOf),
    ])
    for (const key of keys) claimed += this.#reserved.get(key) ?? this.#provisionedOf(key)
    return Math.max(0, this.#rules.accountLimit - claimed)
  }

  #isUsedUp(key: FunctionKey): boolean {
    if (this.#running.size >= this.#rules.accountLimit) return true
    const reserved = this.#reserved.get(key)
    if (reserved !== undefined) return this.#onDemand(key) >= reserved - this.#provisionedOf(key)
    return this.#unreservedInFlight() >= this.unreservedPool
  }

  #takeFrom(bucket: NaiveBucket | undefined, nowUs: number, what: string): void {
    if (bucket?.isEmpty(nowUs)) throw new Error(`admitted beyond the rate of ${what}`)
    bucket?.count(nowUs)
  }

  #rateOf(key: FunctionKey): NaiveBucket | undefined {
    return this.#reserved.has(key) ? this.#requests.get(key) : this.#account
  }

  #environmentsOf(key: FunctionKey): NaiveBucket {
    const { environmentsPer10s } = this.#rules.rates
    const known =
      this.#environments.get(key) ?? new NaiveBucket(environmentsPer10s / 10, 0, environmentsPer10s)
    this.#environments.set(key, known)
    return known
  }

  #onDemand = (key: FunctionKey): number =>
    this.#count(({ versionKey, kind }) => functionOf(versionKey) === key && kind !== 'provisioned')

  #unreservedInFlight = (): number =>
    this.#count(
      ({ versionKey, kind }) =>
        !this.#reserved.has(functionOf(versionKey)) && kind !== 'provisioned',
    )

  #provisionedOf(key: FunctionKey): number {
    let sum = 0
    for (const [versionKey, count] of this.#provisioned) {
      if (functionOf(versionKey) === key) sum += count
    }
    return sum
  }

  #count(matches: (running: Running) => boolean): number {
    return [...this.#running.values()].filter(matches).length
  }
}

const areEmpty = (rates: readonly (NaiveBucket | undefined)[], atUs: number): boolean =>
  rates.some((rate) => rate?.isEmpty(atUs) === true)
