import type { IdleUse } from '../../../runtime/scheduler/keep-alive/keep-alive.ts'

/** A sandbox that has just become idle, of which a test names what it is about. */
export const idleUse = (changes: Partial<IdleUse> = {}): IdleUse => ({
  versionKey: 'f:1',
  nowUs: 0,
  coldStartUs: 100_000,
  invocations: 1,
  footprintMb: 128,
  ...changes,
})
