import type { RequestId } from '../kernel/ids.ts'
import { type Admission, admit, admitEnvironment } from './admission-policy.ts'
import type { ConcurrencyLedger } from './concurrency-ledger.ts'
import type { KeepAlive } from './keep-alive/keep-alive.ts'
import { type Placement, pick, place } from './placement-policy.ts'
import type { SandboxControl } from './sandbox-control.ts'
import type { SandboxRecord, VersionState } from './sandbox-record.ts'
import type { SandboxTable } from './sandbox-table.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import type { Turn } from './turn.ts'

export interface AdmissionControlParts {
  readonly options: SchedulerOptions
  readonly table: SandboxTable
  readonly ledger: ConcurrencyLedger
  readonly control: SandboxControl
  readonly keepAlive: KeepAlive
  readonly turn: Turn
}

/** Where every invocation comes in: admitted, placed and tied to a sandbox; or refused, at once. */
export class AdmissionControl {
  readonly #parts: AdmissionControlParts

  constructor(parts: AdmissionControlParts) {
    this.#parts = parts
  }

  /** The sandbox that it is tied to: idle, halted, or just made; `undefined`: it was refused. */
  arrive(
    requestId: RequestId,
    version: VersionState,
    forceCold: boolean,
  ): SandboxRecord | undefined {
    const { ledger, options, turn } = this.#parts
    const { nowUs } = turn
    const { account } = version
    const provisionedIsFree = !forceCold && this.#provisionedIsFree(version)
    const callerMay = ledger.callerRateAllows(nowUs)
    const admission = admit(ledger.snapshot(account, provisionedIsFree, callerMay, nowUs))
    const { reuse } = options
    if (admission.admitted && admission.provisioned) {
      const sandbox = pick(version.idleProvisioned, reuse)
      return this.#take(requestId, version, { sandbox, why: 'reused' })
    }
    const { idle, halted, lasting } = version
    const placement = place({ forceCold, idle, halted, sandboxCount: lasting, reuse })
    const needsNew = placement.sandbox === undefined
    if (!admission.admitted) return this.#throttle(requestId, version, needsNew, admission)
    if (needsNew) {
      const mayScale = account.environmentRate?.has(nowUs) ?? true
      const scaling = admitEnvironment(mayScale, account.reserved)
      if (!scaling.admitted) return this.#throttle(requestId, version, needsNew, scaling)
    }
    return this.#take(requestId, version, placement)
  }

  /** Takes what it was admitted to, unless the machine has no memory for it. */
  #take(
    requestId: RequestId,
    version: VersionState,
    { sandbox, why }: Placement<SandboxRecord>,
  ): SandboxRecord | undefined {
    const { control, keepAlive, ledger, turn } = this.#parts
    const record = sandbox ?? control.create(version, 'on-demand')
    if (record === undefined) return this.#refuse(requestId)
    const isProvisioned = record.initializationType !== 'on-demand'
    if (isProvisioned) version.provisionedRate?.take(turn.nowUs)
    if (sandbox === undefined) version.account.environmentRate?.take(turn.nowUs)
    const onDemand = version.provisioned === undefined ? 'on-demand' : 'spillover'
    const concurrency = isProvisioned ? 'provisioned' : onDemand
    keepAlive.arrived(version.facts.key, turn.nowUs, version.inFlight)
    ledger.take(version.account, concurrency, turn.nowUs)
    version.inFlight += 1
    record.requestId = requestId
    record.concurrency = concurrency
    turn.do({ type: 'assign', requestId, sandboxId: record.id, why, concurrency })
    return record
  }

  #provisionedIsFree({ provisioned, idleProvisioned, provisionedRate }: VersionState): boolean {
    if (provisioned === undefined || !provisioned.isOpen) return false
    if (idleProvisioned.length === 0) return false
    return provisionedRate?.has(this.#parts.turn.nowUs) ?? true
  }

  #throttle(
    requestId: RequestId,
    { account }: VersionState,
    needsNew: boolean,
    { reason, isRate }: Extract<Admission, { admitted: false }>,
  ): undefined {
    const { ledger, turn } = this.#parts
    const { nowUs } = turn
    const waitUs =
      reason === 'CallerRateLimitExceeded'
        ? ledger.usUntilCall(nowUs)
        : Math.max(
            ledger.usUntilRequest(account, nowUs),
            needsNew ? (account.environmentRate?.usUntil(nowUs) ?? 0) : 0,
          )
    turn.do({ type: 'throttle', requestId, reason, retryAfterUs: isRate ? waitUs : undefined })
  }

  #refuse(requestId: RequestId): undefined {
    const { options, table, turn } = this.#parts
    const { memoryBudgetMb: budgetMb } = options
    turn.do({ type: 'refuse', requestId, budgetMb, takenMb: table.takenMb })
  }
}
