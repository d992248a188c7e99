import type { RequestId, SandboxId } from '../../../runtime/kernel/ids.ts'
import { asRequestId } from '../../../runtime/kernel/ids.ts'
import type { Scheduler } from '../../../runtime/scheduler/scheduler.ts'
import type {
  PoolState,
  SandboxTimer,
  SchedulerAction,
  SchedulerEvent,
  SchedulerTimer,
  VersionTimer,
} from '../../../runtime/scheduler/scheduler-events.ts'

/**
 * Feeds a scheduler by hand, at instants that the test names, and tells its actions in short words:
 * sandboxes are s1, s2, … in order of creation, invocations have one-letter names. A function is named
 * for its `$LATEST`, another version as `f:1`.
 */
export class SchedulerTimeline {
  readonly scheduler: Scheduler
  readonly #sandboxes: SandboxId[] = []
  #nowUs = 0

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler
  }

  at(nowUs: number): this {
    this.#nowUs = nowUs
    return this
  }

  deploy(
    key: string,
    facts: { timeoutUs: number; reservedConcurrency?: number; footprintMb?: number },
  ): string[] {
    const { timeoutUs, reservedConcurrency, footprintMb = 16 } = facts
    const [functionKey = key] = key.split(':')
    const version = { key: versionOf(key), functionKey, timeoutUs, footprintMb }
    const told = this.#apply({ type: 'versionDeployed', facts: version })
    return [...told, ...this.reserve(functionKey, reservedConcurrency)]
  }

  reserve = (functionKey: string, reserved: number | undefined) =>
    this.#apply({ type: 'reservationChanged', functionKey, reserved })
  provision = (count: number, key = 'f') =>
    this.#apply({ type: 'provisionedChanged', versionKey: versionOf(key), count })
  keepWarm = (count: number, key = 'f') =>
    this.#apply({ type: 'keepWarmChanged', versionKey: versionOf(key), count })

  arrive(name: string, how: { functionKey?: string; forceCold?: boolean } = {}): string[] {
    const { functionKey = 'f', forceCold = false } = how
    return this.#apply({
      type: 'invocationArrived',
      requestId: request(name),
      versionKey: versionOf(functionKey),
      forceCold,
    })
  }

  /** A whole cold invocation of `f`, after which the sandbox is idle. */
  warm(name: string, sandbox: string): void {
    this.arrive(name)
    this.started(sandbox)
    this.responded(sandbox, name)
  }

  started = (sandbox: string) => this.#apply({ type: 'started', sandboxId: this.#id(sandbox) })
  startFailed = (sandbox: string) =>
    this.#apply({ type: 'startFailed', sandboxId: this.#id(sandbox) })
  wasReset = (sandbox: string) => this.#apply({ type: 'wasReset', sandboxId: this.#id(sandbox) })
  stopped = (sandbox: string) => this.#apply({ type: 'stopped', sandboxId: this.#id(sandbox) })
  failed = (sandbox: string) => this.#apply({ type: 'failed', sandboxId: this.#id(sandbox) })
  exitedIdle = (sandbox: string) =>
    this.#apply({ type: 'exitedIdle', sandboxId: this.#id(sandbox) })
  evict = (functionKey?: string) => this.#apply({ type: 'evictRequested', of: { functionKey } })
  evictOne = (sandbox: string) =>
    this.#apply({ type: 'evictRequested', of: { sandboxId: this.#id(sandbox) } })
  measured = (sandbox: string, footprintMb: number) =>
    this.#apply({ type: 'footprintMeasured', sandboxId: this.#id(sandbox), footprintMb })
  close = () => this.#apply({ type: 'closeRequested' })

  responded(sandbox: string, name: string, { reusable = true } = {}): string[] {
    const sandboxId = this.#id(sandbox)
    return this.#apply({ type: 'responded', sandboxId, requestId: request(name), reusable })
  }

  runtimeExited(sandbox: string, name: string): string[] {
    const sandboxId = this.#id(sandbox)
    return this.#apply({ type: 'runtimeExited', sandboxId, requestId: request(name) })
  }

  fired(kind: SandboxTimer['kind'], sandbox: string): string[] {
    return this.#apply({ type: 'timerFired', timer: { kind, sandboxId: this.#id(sandbox) } })
  }

  firedOf(kind: VersionTimer['kind'], key = 'f'): string[] {
    return this.#apply({ type: 'timerFired', timer: { kind, versionKey: versionOf(key) } })
  }

  #apply(event: SchedulerEvent): string[] {
    return this.scheduler.apply(event, this.#nowUs).map((action) => this.#tell(action))
  }

  #tell(action: SchedulerAction): string {
    if (action.type === 'create') this.#sandboxes.push(action.sandboxId)
    const sandbox = 'sandboxId' in action ? `s${this.#sandboxes.indexOf(action.sandboxId) + 1}` : ''
    switch (action.type) {
      case 'assign':
        return `assign ${name(action.requestId)}→${sandbox} ${action.why}${kindOf(action)}`
      case 'create':
        return `create ${sandbox}${action.initializationType === 'on-demand' ? '' : ' provisioned'}`
      case 'start':
        return `start ${sandbox} ${action.phase}${action.requestId === undefined ? ' ahead' : ''}`
      case 'dispatch':
        return `dispatch ${name(action.requestId)}→${sandbox}${action.thawFirst ? ' thaw' : ''}`
      case 'reset':
      case 'stop':
        return `${action.type} ${sandbox} ${action.reason}`
      case 'throttle':
        return `throttle ${name(action.requestId)} ${action.reason}${afterOf(action)}`
      case 'refuse':
        return `refuse ${name(action.requestId)} ${action.takenMb} of ${action.budgetMb} MB`
      case 'provisioned':
      case 'keptWarm':
        return `${action.type} ${poolText(action.state)}`
      case 'finish':
        return `finish ${name(action.requestId)} ${action.how}`
      case 'setTimer':
        return `set ${this.#timer(action.timer)} @${action.atUs}`
      case 'clearTimer':
        return `clear ${this.#timer(action.timer)}`
      default:
        return `${action.type} ${sandbox}`
    }
  }

  #timer(timer: SchedulerTimer): string {
    return 'sandboxId' in timer
      ? `${timer.kind} s${this.#sandboxes.indexOf(timer.sandboxId) + 1}`
      : `${timer.kind} ${timer.versionKey.split(':')[0]}`
  }

  #id(sandbox: string): SandboxId {
    const id = this.#sandboxes[Number(sandbox.slice(1)) - 1]
    if (id === undefined) throw new Error(`no sandbox ${sandbox} yet`)
    return id
  }
}

const versionOf = (key: string): string => (key.includes(':') ? key : `${key}:$LATEST`)

const kindOf = ({ concurrency }: { readonly concurrency: string }): string =>
  concurrency === 'on-demand' ? '' : ` ${concurrency}`

const afterOf = ({ retryAfterUs }: { readonly retryAfterUs: number | undefined }): string =>
  retryAfterUs === undefined ? '' : ` after ${retryAfterUs}`

const poolText = ({ requested, allocated, available, status, statusReason }: PoolState): string =>
  [
    `${allocated}/${requested}`,
    `(${available})`,
    status,
    ...(statusReason ? [statusReason] : []),
  ].join(' ')

const request = (name: string): RequestId =>
  asRequestId(`00000000-0000-4000-8000-0000000000${name.charCodeAt(0).toString(16)}`) as RequestId

const name = (id: RequestId): string => String.fromCharCode(Number.parseInt(id.slice(-2), 16))
