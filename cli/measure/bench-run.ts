import type { Emulator } from '../../runtime/emulator.ts'
import type { InvokeResult } from '../../runtime/invoke/invocation.ts'
import { type Visit, WARM_UP_CALLS } from './bench-plan.ts'
import { type Sample, sampleOf } from './sample.ts'
import type { Variant } from './variants.ts'

/** All that was seen of one variant. Only successes are samples; what failed is counted apart. */
export interface Measured {
  readonly variant: Variant
  readonly cold: Sample[]
  readonly warm: Sample[]
  /** The first cold start, and the first calls after each: kept, and in no summary. */
  readonly warmUp: Sample[]
  /** Function errors, timeouts and crashes, by error type. */
  readonly failures: Map<string, number>
  /** Meant to be cold and was warm, or the other way round: left out. */
  misclassified: number
}

export const nothingMeasured = (variant: Variant): Measured => ({
  variant,
  cold: [],
  warm: [],
  warmUp: [],
  failures: new Map(),
  misclassified: 0,
})

export interface BenchProgress {
  /** Visits done, of all. */
  readonly done: number
  readonly total: number
}

/** What the bench needs of a controller. */
export type BenchEmulator = Pick<Emulator, 'deploy' | 'invoke' | 'evict' | 'prepared'>

/**
 * Carries out a plan and fills `measured`, which holds what there is also when this throws. What is
 * cold and what is warm is what the sandbox's record says.
 *
 * @throws SandlotError for a function that cannot be deployed, before anything is measured.
 */
export async function runBench(
  emulator: BenchEmulator,
  measured: readonly Measured[],
  visits: readonly Visit[],
  onProgress: (progress: BenchProgress) => void,
): Promise<void> {
  for (const { variant } of measured) await emulator.deploy(variant.input)
  const byVariant = new Map(measured.map((each) => [each.variant, each]))
  const run = new BenchRun(emulator)
  for (const [done, visit] of visits.entries()) {
    onProgress({ done, total: visits.length })
    await run.carryOut(visit, byVariant.get(visit.variant) as Measured)
  }
  onProgress({ done: visits.length, total: visits.length })
}

type Start = 'cold' | 'warm'

class BenchRun {
  readonly #emulator: BenchEmulator
  #sequence = 0

  constructor(emulator: BenchEmulator) {
    this.#emulator = emulator
  }

  async carryOut({ variant, warmCalls, isWarmUp }: Visit, measured: Measured): Promise<void> {
    const { payload } = variant
    const functionName = variant.input.name
    // What is made ahead of a cold start is made before its time begins.
    await this.#emulator.prepared(functionName)
    const cold = await this.#emulator.invoke({ functionName, payload, forceCold: true })
    this.#keep(cold, measured, 'cold', isWarmUp ? measured.warmUp : measured.cold)
    const calls = warmCalls === 0 ? 0 : WARM_UP_CALLS + warmCalls
    for (let call = 1; call <= calls; call += 1) {
      const warm = await this.#emulator.invoke({ functionName, payload })
      const samples = call <= WARM_UP_CALLS ? measured.warmUp : measured.warm
      this.#keep(warm, measured, 'warm', samples, call + 1)
    }
    // The sandbox has served: it must not compete for memory and CPU with the next one.
    await this.#emulator.evict(functionName)
  }

  #keep(result: InvokeResult, measured: Measured, meant: Start, samples: Sample[], call = 1): void {
    this.#sequence += 1
    if (result.outcome !== 'success') {
      const type = result.errorType ?? result.outcome
      measured.failures.set(type, (measured.failures.get(type) ?? 0) + 1)
    } else if (result.coldStart !== (meant === 'cold')) {
      measured.misclassified += 1
    } else {
      samples.push(sampleOf(result, { sequence: this.#sequence, call }))
    }
  }
}
