import { US_PER_MS } from '../kernel/units.ts'

/**
 * What an invocation is billed for, in whole milliseconds: init and duration together, rounded up
 * once. Init counts for every configuration since August 2025 (AWS Compute Blog, "AWS Lambda
 * standardizes billing for INIT phase"); a suppressed init is part of the duration already.
 */
export function billedDurationMs(durationUs: number, initDurationUs = 0): number {
  return Math.ceil((durationUs + initDurationUs) / US_PER_MS)
}
