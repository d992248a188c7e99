import type { BenchPlan, VariantToRun } from './bench-plan.ts'
import type { RunOrder } from './run-messages.ts'

type Settings = Pick<BenchPlan, 'cpu' | 'coldPerRun' | 'callsPerCold' | 'warmPerRun'>

export function runOrder(
  { input, payload, confinement }: VariantToRun,
  { cpu, coldPerRun, callsPerCold, warmPerRun }: Settings,
): RunOrder {
  const counts = { coldPerRun, callsPerCold, warmPerRun }
  return {
    kind: 'run',
    options: optionsFor(confinement, cpu),
    function: input,
    input: { payload, counts },
  }
}

/** Of variants that are confined alike. */
export const checkOrder = (
  variants: readonly VariantToRun[],
  { cpu }: Pick<BenchPlan, 'cpu'>,
): RunOrder => ({
  kind: 'check',
  options: optionsFor(variants[0]?.confinement, cpu),
  functions: variants.map(({ input }) => input),
})

/**
 * What is not said stays open: then SANDLOT_ISOLATION has its say. Calls come one after the other as
 * fast as they can: how many Lambda would take is not what is measured.
 */
const optionsFor = (isolation: VariantToRun['confinement'], cpu: BenchPlan['cpu']) => ({
  cpu,
  rates: 'unlimited' as const,
  ...(isolation !== undefined && { isolation }),
})
