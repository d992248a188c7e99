import type { Draw } from '../../../../runtime/simulation/draws.ts'
import type { LatencyModel } from '../../../../runtime/simulation/workload.ts'

/**
 * The profile's cold start and overhead with run times of its own. The first run takes what the same
 * invocation would take later, so that it is as long under every policy: what the profile's handler did
 * more in it, this one need not.
 */
export const withRunTime = (profile: LatencyModel, runUs: Draw): LatencyModel => ({
  coldStart: (random) => profile.coldStart(random),
  firstRunUs: () => undefined,
  runUs,
  overheadUs: (random) => profile.overheadUs(random),
})

/** The profile's runs and overhead with cold starts of its own, all of which counts as init. */
export const withColdStart = (profile: LatencyModel, startUs: Draw): LatencyModel => ({
  coldStart: (random) => {
    const totalUs = startUs(random)
    return { totalUs, initUs: totalUs }
  },
  firstRunUs: (random) => profile.firstRunUs(random),
  runUs: (random) => profile.runUs(random),
  overheadUs: (random) => profile.overheadUs(random),
})
