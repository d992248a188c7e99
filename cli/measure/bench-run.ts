import type { Emulator } from '../../runtime/emulator.ts'
import type { InvokeResult } from '../../runtime/invoke/invocation.ts'
import { type Variant, type Visit, WARM_UP_CALLS } from './bench-plan.ts'

/** All that was seen of one variant. Only successes are samples; what failed is counted apart. */
export interface Measured {
  readonly variant: Variant
  readonly cold: InvokeResult[]
  readonly warm: InvokeResult[]
  /** Function errors, timeouts and crashes, by error type. */
  readonly failures: Map<string, number>
  /** Meant to be cold and was warm, or the other way round: left out. */
  misclassified: number
}

export interface BenchProgress {
  /** Visits done, of all. */
  readonly done: number
  readonly total: number
}

/**
 * Carries out a plan. What is cold and what is warm is what the sandbox's record says. The results
 * come in the order of `variants`.
 *
 * @throws SandlotError for a function that cannot be deployed, before anything is measured.
 */
export async function runBench(
  emulator: Emulator,
  variants: readonly Variant[],
  visits: readonly Visit[],
  payload: string,
  onProgress: (progress: BenchProgress) => void,
): Promise<Measured[]> {
  const measured = new Map<Variant, Measured>()
  for (const variant of variants) {
    await emulator.deploy(variant.input)
    measured.set(variant, {
      variant,
      cold: [],
      warm: [],
      failures: new Map(),
      misclassified: 0,
    })
  }
  let done = 0
  for (const visit of visits) {
    onProgress({ done, total: visits.length })
    await carryOut(emulator, visit, payload, measured.get(visit.variant) as Measured)
    done += 1
  }
  onProgress({ done, total: visits.length })
  return [...measured.values()]
}

async function carryOut(
  emulator: Emulator,
  { variant, warmCalls }: Visit,
  payload: string,
  measured: Measured,
): Promise<void> {
  const functionName = variant.input.name
  const cold = await emulator.invoke({ functionName, payload, forceCold: true })
  keep(measured, cold, 'cold')
  const calls = warmCalls === 0 ? 0 : WARM_UP_CALLS + warmCalls
  for (let call = 0; call < calls; call += 1) {
    const warm = await emulator.invoke({ functionName, payload })
    if (call >= WARM_UP_CALLS) keep(measured, warm, 'warm')
  }
  // The sandbox has served: it must not compete for memory and CPU with the next one.
  await emulator.evict(functionName)
}

function keep(measured: Measured, result: InvokeResult, meant: 'cold' | 'warm'): void {
  if (result.outcome !== 'success') {
    const type = result.errorType ?? result.outcome
    measured.failures.set(type, (measured.failures.get(type) ?? 0) + 1)
  } else if (result.coldStart !== (meant === 'cold')) {
    measured.misclassified += 1
  } else {
    measured[meant].push(result)
  }
}
