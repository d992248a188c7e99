import { benchProfile } from './bench-profile.ts'
import type { Profile } from './profile.ts'
import { publishedProfile } from './published-profile.ts'

const PUBLISHED = /^aws:(.*)$/

interface ProfileOptions {
  /** Of the functions: on it depends how long a first run takes, where that was published by size. */
  readonly memoryMb: number
}

/**
 * The profile that `--profile` names: `results.json`, a result of `bench --json`; `results.json#B`, a
 * variant of it by its letter or label, where there are several; or `aws:nodejs22.x`, what was
 * published of that runtime on AWS Lambda.
 *
 * @throws UsageError for a file that is none, a variant that is not there or not named where it must
 *   be, and a runtime of which nothing was published.
 */
export function readProfile(spec: string, { memoryMb }: ProfileOptions): Profile {
  const runtime = PUBLISHED.exec(spec)?.[1]
  return runtime === undefined ? benchProfile(spec) : publishedProfile(runtime, memoryMb)
}
