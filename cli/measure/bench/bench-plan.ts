import type { EmulatorOptions } from '../../../runtime/emulator-options.ts'
import type { FunctionInput } from '../../../runtime/functions/function-config.ts'
import type { Random } from '../../../runtime/kernel/random.ts'
import { type NodeBinary, thisNode } from '../node-binary.ts'

/** One thing to be measured: a function in one kind of sandbox, of one size, with one event. */
export interface BenchVariant {
  /** As the user named it. */
  readonly target: string
  /** What tells it from the other variants, short; they may not have the same. */
  readonly label: string
  /** With `isolation` and `memorySizeMb` as they are to be measured. */
  readonly input: FunctionInput
  /** The event, JSON. */
  readonly payload: string
  /** What controller and sandboxes run on. Absent: the Node that runs this. */
  readonly node?: NodeBinary | undefined
  /** The git reference or folder that the code came from. Absent: as it lies there. */
  readonly build?: string | null | undefined
  /** Absent: the strongest that works here, or what SANDLOT_ISOLATION says. */
  readonly confinement?: 'root' | 'user' | 'plain' | undefined
}

/** A variant of which nothing is left open. */
export interface VariantToRun extends BenchVariant {
  readonly node: NodeBinary
  readonly build: string | null
}

/** What `bench` carries out. Nothing in it has a default: commands differ in theirs. */
export interface BenchPlan {
  readonly variants: readonly BenchVariant[]
  /** Of each variant; a run is a fresh controller in a process of its own. */
  readonly runs: number
  /** At least 1. */
  readonly coldPerRun: number
  /** Calls of every sandbox, the cold one included: 10 for the series `second` and `tenth`, or 1. */
  readonly callsPerCold: 1 | 10
  /** 0: no warm-up either. */
  readonly warmPerRun: number
  /** Decides the order of the runs and the resampling of the statistics. */
  readonly seed: number
  /** 0.05: go on with blocks until every median is known to 5 %; `null`: `runs` and no more. */
  readonly untilCi: number | null
  /** Of each variant, where `untilCi` is given. */
  readonly maxRuns: number
  /** Smallest difference that matters, as a share: 0.05. */
  readonly smallestEffect: number
  /** Every variant twice, to see whether the measuring itself finds differences. */
  readonly aa: boolean
  readonly cpu: NonNullable<EmulatorOptions['cpu']>
  /** Look at the import trees too, in separate starts that are in no series. */
  readonly modules: boolean
}

/** What every run of a plan does. */
export type RunCounts = Pick<BenchPlan, 'coldPerRun' | 'callsPerCold' | 'warmPerRun'>

/**
 * Totals of each variant, spread evenly over the runs; a total that they do not divide is rounded up.
 *
 * @param runs as asked for; absent: the usual number, but no more than there are cold starts.
 */
export function spreadOverRuns(
  totals: { readonly cold: number; readonly warm: number },
  { runs, usual }: { readonly runs: number | undefined; readonly usual: number },
): { readonly runs: number; readonly coldPerRun: number; readonly warmPerRun: number } {
  const count = runs ?? Math.min(usual, totals.cold)
  return {
    runs: count,
    coldPerRun: Math.ceil(totals.cold / count),
    warmPerRun: Math.ceil(totals.warm / count),
  }
}

/** With `aa` every variant is followed by itself. */
export function variantsToRun({ variants, aa }: BenchPlan): VariantToRun[] {
  const whole = variants.map((variant) => ({
    ...variant,
    node: variant.node ?? thisNode(),
    build: variant.build ?? null,
  }))
  if (!aa) return whole
  return whole.flatMap((variant) => [variant, { ...variant, label: `${variant.label} again` }])
}

/**
 * A block: every variant has one run, in an order shuffled anew, so that a machine that slows down
 * slows all of them. Returns places in the list of variants.
 */
export function blockOrder(variantCount: number, random: Random): number[] {
  const order = Array.from({ length: variantCount }, (_, index) => index)
  // Fisher and Yates: every order is as likely as any other.
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random.next() * (last + 1))
    ;[order[last], order[other]] = [order[other] as number, order[last] as number]
  }
  return order
}

/** `A`, `B`, … `Z`, `AA`, … */
export function variantId(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26))
  return index < 26 ? letter : variantId(Math.floor(index / 26) - 1) + letter
}
