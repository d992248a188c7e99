import { LEAST_FOOTPRINT_MB } from './footprint-policy.ts'

/** Lambda's default for an account and region. AWS Lambda Developer Guide, "Lambda quotas". */
export const DEFAULT_ACCOUNT_CONCURRENCY = 1_000

/** The rest of the machine belongs to the controller and to whoever else runs on it. */
const MEMORY_SHARE = 0.75

/** What all functions share. */
export interface AccountLimit {
  /** Invocations at once, over all functions. */
  readonly concurrency: number
  /** Present when the machine holds fewer than were asked for: one sentence that says so. */
  readonly cappedBecause: string | undefined
}

/** How many invocations may run at once: as many as were asked for, or as the machine's memory holds. */
export function accountLimit(requested: number, machineMemoryMb: number): AccountLimit {
  const holds = Math.max(1, Math.floor(memoryBudgetMb(machineMemoryMb) / LEAST_FOOTPRINT_MB))
  if (requested <= holds) return { concurrency: requested, cappedBecause: undefined }
  const memory = `${Math.floor(machineMemoryMb).toLocaleString('en-US')} MB`
  return {
    concurrency: holds,
    cappedBecause: `account concurrency is ${holds.toLocaleString('en-US')} instead of ${requested.toLocaleString('en-US')}: that is what ${memory} of memory hold`,
  }
}

/** What of the machine's memory all sandboxes together may take, unless somebody says otherwise. */
export const memoryBudgetMb = (machineMemoryMb: number): number => MEMORY_SHARE * machineMemoryMb
