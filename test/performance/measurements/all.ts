import type { Measurement } from '../measurement.ts'
import { coldStart } from './cold-start.ts'
import { cpuShare } from './cpu-share.ts'
import { freezing } from './freezing.ts'
import { generator } from './generator.ts'
import { httpLatency } from './http-latency.ts'
import { httpThroughput } from './http-throughput.ts'
import { memoryGrowth } from './memory-growth.ts'
import { rivals } from './rivals.ts'
import { scheduler } from './scheduler.ts'
import { simulation } from './simulation.ts'
import { sleeping } from './sleeping.ts'
import { startRate } from './start-rate.ts'
import { twoAtOnce } from './two-at-once.ts'
import { typescript } from './typescript.ts'
import { warm } from './warm.ts'

/** In the order in which they are made: the heaviest comes last. */
export const MEASUREMENTS: readonly Measurement[] = [
  scheduler,
  simulation,
  coldStart,
  twoAtOnce,
  startRate,
  typescript,
  warm,
  httpLatency,
  httpThroughput,
  rivals,
  generator,
  memoryGrowth,
  freezing,
  cpuShare,
  sleeping,
]
