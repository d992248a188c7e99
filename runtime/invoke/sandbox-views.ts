import type { MemoryShare } from '../functions/concurrency-policy.ts'
import type { FunctionVersion } from '../functions/function-version.ts'
import { SandlotError } from '../kernel/errors.ts'
import type { SandboxId } from '../kernel/ids.ts'
import { bytesToMb, usToMs } from '../kernel/units.ts'
import type { SandboxState } from '../sandbox/lifecycle.ts'
import type { Isolation, Sandbox } from '../sandbox/sandbox.ts'
import { LEAST_FOOTPRINT_MB } from '../scheduler/footprint-policy.ts'
import type { SandboxRecord } from '../scheduler/sandbox-record.ts'
import type { Scheduler } from '../scheduler/scheduler.ts'
import { type VersionKey, versionKeyOf } from '../scheduler/scheduler-events.ts'
import type { InitializationType } from '../telemetry/platform-events.ts'

/** A sandbox as it is at this moment. */
export interface SandboxView {
  readonly id: SandboxId
  readonly functionName: string
  /** `$LATEST`, or a published number. */
  readonly version: string
  readonly isolation: Isolation
  readonly state: SandboxState
  readonly initializationType: InitializationType
  /** As what it is held ready, and so not evicted when idle; absent: it is not. */
  readonly held: 'provisioned' | 'warm' | undefined
  /** Invocations served so far. */
  readonly invocations: number
  /** Milliseconds since it was created, and since its last act ended. */
  readonly ageMs: number
  readonly idleMs: number
  /** Process id of the runtime; absent for threads and between a reset and the next start. */
  readonly pid: number | undefined
  readonly peakMemoryMb: number | undefined
}

type Live = Pick<Sandbox, 'isolation' | 'pid' | 'peakMemoryBytes'> & {
  readonly state: SandboxState
}

/** @param sandboxOf the sandbox of a record, as long as there is one. */
export function sandboxViews(
  scheduler: Pick<Scheduler, 'sandboxes'>,
  sandboxOf: (id: SandboxId) => Live | undefined,
  nowUs: number,
): SandboxView[] {
  return [...scheduler.sandboxes()].flatMap((record) => {
    const sandbox = sandboxOf(record.id)
    // A dead one is about to be forgotten.
    return sandbox === undefined || sandbox.state === 'dead' ? [] : viewOf(record, sandbox, nowUs)
  })
}

function viewOf(record: Readonly<SandboxRecord>, sandbox: Live, nowUs: number): SandboxView {
  const isIdle = record.state === 'idle' || record.state === 'halted'
  const peakBytes = sandbox.peakMemoryBytes()
  return {
    id: record.id,
    functionName: record.functionKey,
    version: record.versionKey.slice(record.functionKey.length + 1),
    isolation: sandbox.isolation,
    state: sandbox.state,
    initializationType: record.initializationType,
    held: record.heldIn?.kind,
    invocations: record.invocations,
    ageMs: usToMs(nowUs - record.createdUs),
    idleMs: isIdle ? usToMs(nowUs - record.idleSinceUs) : 0,
    pid: sandbox.pid,
    peakMemoryMb: peakBytes === undefined ? undefined : Math.ceil(bytesToMb(peakBytes)),
  }
}

/**
 * The one sandbox whose id is this, or begins so.
 *
 * @throws SandlotError `ResourceNotFound` for none, `ResourceConflict` for several.
 */
export function theSandbox(views: readonly SandboxView[], id: string): SandboxId {
  const [first, ...others] = views.filter((view) => view.id.startsWith(id))
  if (first === undefined) {
    throw new SandlotError('ResourceNotFound', `No sandbox has an id that begins with '${id}'`, {
      hint: "'sandlot ps' lists them.",
    })
  }
  if (others.length === 0) return first.id
  throw new SandlotError(
    'ResourceConflict',
    `${others.length + 1} sandboxes have an id that begins with '${id}'`,
    { hint: 'Give more of it.' },
  )
}

/**
 * The memory budget as a version sees it that asks for sandboxes to be held ready. Idle ones of others
 * make room; its own are among those that it asks for. What others have provisioned is counted apart,
 * since it may not be there yet.
 */
export function memoryShare(
  scheduler: Pick<Scheduler, 'sandboxes' | 'memory'>,
  { config, version }: FunctionVersion,
): MemoryShare {
  const own: VersionKey = versionKeyOf(config.name, version)
  let takenMb = 0
  let eachMb = LEAST_FOOTPRINT_MB
  for (const record of scheduler.sandboxes()) {
    if (record.versionKey === own) eachMb = Math.max(eachMb, record.footprintMb)
    else if (staysWhereItIs(record)) takenMb += record.footprintMb
  }
  return { budgetMb: scheduler.memory().budgetMb, takenMb, eachMb }
}

function staysWhereItIs({ state, heldIn }: Readonly<SandboxRecord>): boolean {
  if (heldIn !== undefined) return heldIn.kind === 'warm'
  return state !== 'idle' && state !== 'halted' && state !== 'stopping'
}
