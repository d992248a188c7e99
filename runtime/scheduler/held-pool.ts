import { type HeldPool, isInitialised, type VersionState } from './sandbox-record.ts'
import type { PoolState } from './scheduler-events.ts'
import type { TokenBucket } from './token-bucket.ts'

export const newHeldPool = (
  kind: HeldPool['kind'],
  version: VersionState,
  allocationRate: TokenBucket | undefined,
): HeldPool => ({
  kind,
  version,
  members: new Set(),
  requested: 0,
  isOpen: false,
  failedFor: undefined,
  allocationRate,
  told: undefined,
})

/** Where it stands. */
export function stateOf({ members, requested, failedFor, isOpen }: HeldPool): PoolState {
  let allocated = 0
  for (const member of members) if (isInitialised(member)) allocated += 1
  const isReady = allocated >= requested ? 'READY' : 'IN_PROGRESS'
  return {
    requested,
    allocated,
    available: isOpen ? allocated : 0,
    status: failedFor === undefined ? isReady : 'FAILED',
    statusReason: failedFor,
  }
}

/** Where it stands, if that is not what was told last. Once all are there, they may be used. */
export function newsOf(pool: HeldPool): PoolState | undefined {
  if (stateOf(pool).status === 'READY') pool.isOpen = true
  const now = stateOf(pool)
  const before = pool.told
  const isNews =
    before === undefined ||
    before.requested !== now.requested ||
    before.allocated !== now.allocated ||
    before.status !== now.status ||
    before.statusReason !== now.statusReason
  if (!isNews) return undefined
  pool.told = now
  return now
}
