import type { Architecture, Cost } from '../../cli/measure/cost/cost.ts'
import type { Environment } from '../../cli/measure/environment.ts'
import type { Random } from '../../runtime/kernel/random.ts'

export const STARTED_AT = '2026-11-24T21:07:33.412Z'

export function cost(memorySizeMb: number, billedMs: number, architecture: Architecture): Cost {
  const requests = 1_000_000
  const gbSeconds = (memorySizeMb / 1_024) * (billedMs / 1_000) * requests
  const durationUsd = gbSeconds * (architecture === 'x86_64' ? 0.0000166667 : 0.0000133334)
  return {
    region: 'us-east-1',
    architecture,
    requests,
    gbSeconds,
    requestsUsd: 0.2,
    durationUsd,
    ephemeralStorageUsd: 0,
    provisionedUsd: 0,
    totalUsd: 0.2 + durationUsd,
    freeTier: false,
    pricesAsOf: '2026-11-01',
  }
}

export const logNormal = (medianMs: number, spread: number, random: Random): number =>
  medianMs * Math.exp(spread * normal(random))

/** Box and Muller's way. */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())

export const ENVIRONMENT: Environment = {
  cpu: 'AMD EPYC 7B13',
  cpuCount: 2,
  governor: 'performance',
  turbo: true,
  smt: null,
  memoryMb: 24_040,
  system: 'Linux 6.18.5',
  arch: 'x64',
  node: 'v20.20.2',
  v8: '11.3.244.8-node.38',
  nodeHash: '3f2a9c51d0be',
  sandlot: '0.1.0',
  load: 0.31,
  loadAfter: 1.12,
  stealShare: 0.0021,
  onBattery: null,
  isolation: 'root',
  cpuLimit: 'proportional',
  limits: [
    { concern: 'file system', level: 'strongest', how: 'mount namespace: all but /tmp read-only' },
    {
      concern: 'memory',
      level: 'weaker',
      how: 'control group, children included',
      stronger: 'a kernel with control groups of version 2',
    },
  ],
  cgroupVersion: 1,
  container: false,
  virtualMachine: true,
  clockSource: 'kvm-clock',
  disk: { fileSystem: 'ext4', syncP50Ms: 0.267 },
  git: { commit: 'ebe465b0c1d2', isDirty: false },
  nodeOptions: undefined,
  hasExtraCaCerts: false,
}
