import type { FunctionInput } from '../../runtime/functions/function-config.ts'
import type { Isolation } from '../../runtime/sandbox/sandbox.ts'

/** One thing to be measured: a function in one kind of sandbox, of one size, with one event. */
export interface Variant {
  /** As the user named it. */
  readonly target: string
  readonly isolation: Extract<Isolation, 'process' | 'thread'>
  readonly memorySizeMb: number
  /** Under a name that no other variant has. */
  readonly input: FunctionInput
  /** The event, JSON. */
  readonly payload: string
}

export interface Measurand {
  readonly target: string
  readonly input: FunctionInput
  readonly payload: string
}

export interface VariantSettings {
  readonly isolations: readonly Variant['isolation'][]
  /** Absent: the size that each function has. */
  readonly memorySizesMb: readonly number[] | undefined
}

const DEFAULT_MEMORY_MB = 128

/** Every function in every kind of sandbox and of every size. */
export function variantsOf(
  measurands: readonly Measurand[],
  { isolations, memorySizesMb }: VariantSettings,
): Variant[] {
  const taken = new Set<string>()
  return measurands.flatMap(({ target, input: { logicalId: _, ...input }, payload }) =>
    isolations.flatMap((isolation) =>
      (memorySizesMb ?? [input.memorySizeMb ?? DEFAULT_MEMORY_MB]).map((memorySizeMb) => {
        const name = freeName(input.name, taken)
        return {
          target,
          isolation,
          memorySizeMb,
          payload,
          input: { ...input, name, isolation, memorySizeMb },
        }
      }),
    ),
  )
}

/** A controller has one function of a name; the first keeps its own. */
function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted
  for (let number = 2; taken.has(name); number += 1) name = `${wanted.slice(0, 56)}-${number}`
  taken.add(name)
  return name
}
