import { msToUs } from '../../../runtime/kernel/units.ts'
import { constantDraw } from '../../../runtime/simulation/draws.ts'
import { fixedModel } from '../../../runtime/simulation/latency-models.ts'
import type { LatencyModel } from '../../../runtime/simulation/workload.ts'
import type { LatencySource } from '../results/simulate-result.ts'
import { readProfile } from './profiles/read-profile.ts'
import { withColdStart, withRunTime } from './profiles/with-times.ts'

export interface LatencyOptions {
  readonly profile?: string | undefined
  /** Milliseconds, instead of the profile's. */
  readonly runTime?: number | undefined
  readonly coldStart?: number | undefined
  readonly memoryMb: number
}

export interface Latency {
  readonly model: LatencyModel
  readonly source: LatencySource
}

/** Published, so that a simulation needs no measuring first; what it prints says so. */
const USUAL_PROFILE = 'aws:nodejs22.x'

/**
 * How long things take: as the profile says, but for what the command line gives itself. Where that
 * gives both, no profile is needed.
 *
 * @throws UsageError for a profile that cannot be read.
 */
export function latencyOf({ profile, runTime, coldStart, memoryMb }: LatencyOptions): Latency {
  const given = [
    ...(coldStart === undefined ? [] : [`cold starts of ${coldStart} ms`]),
    ...(runTime === undefined ? [] : [`runs of ${runTime} ms`]),
  ]
  const givenText = `${given.join(' and ')}, as given`
  if (profile === undefined && runTime !== undefined && coldStart !== undefined) {
    const model = fixedModel({ coldStartUs: msToUs(coldStart), runUs: msToUs(runTime) })
    return { model, source: { text: givenText, kind: 'given' } }
  }
  const { text, kind, latency } = readProfile(profile ?? USUAL_PROFILE, { memoryMb })
  const started =
    coldStart === undefined ? latency : withColdStart(latency, constantDraw(msToUs(coldStart)))
  const model =
    runTime === undefined ? started : withRunTime(started, constantDraw(msToUs(runTime)))
  return {
    model,
    source: { text: given.length === 0 ? text : `${givenText}; all else: ${text}`, kind },
  }
}
