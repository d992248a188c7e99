import type { FunctionInput } from '../../../runtime/functions/function-config.ts'
import type { NodeBinary } from '../node-binary.ts'
import type { VariantToRun } from './bench-plan.ts'

/** A function, from one build of its code. */
export interface Measurand {
  readonly target: string
  readonly input: FunctionInput
  readonly payload: string
  /** The git reference or folder that the code came from; `null`: as it lies there. */
  readonly build: string | null
}

export interface VariantSettings {
  readonly isolations: readonly ('process' | 'thread')[]
  /** Absent: the size that each function has. */
  readonly memorySizesMb: readonly number[] | undefined
  /** Absent: the strongest that works here. */
  readonly confinements: readonly NonNullable<VariantToRun['confinement']>[] | undefined
  readonly nodes: readonly NodeBinary[]
}

const DEFAULT_MEMORY_MB = 128

type Unlabelled = Omit<VariantToRun, 'label'>

/** Every function in every way it is to be measured. */
export function variantsOf(
  measurands: readonly Measurand[],
  settings: VariantSettings,
): VariantToRun[] {
  const variants = measurands.flatMap((measurand) => variantsOfOne(measurand, settings))
  return variants.map((variant) => ({ ...variant, label: labelOf(variant, variants) }))
}

function variantsOfOne(
  { target, input: { logicalId: _, ...input }, payload, build }: Measurand,
  { isolations, memorySizesMb, confinements, nodes }: VariantSettings,
): Unlabelled[] {
  const sizes = memorySizesMb ?? [input.memorySizeMb ?? DEFAULT_MEMORY_MB]
  return isolations.flatMap((isolation) =>
    sizes.flatMap((memorySizeMb) =>
      confinedAs(isolation, confinements).flatMap((confinement) =>
        nodes.map((node) => ({
          target,
          payload,
          build,
          node,
          confinement,
          input: { ...input, isolation, memorySizeMb },
        })),
      ),
    ),
  )
}

/** Threads are not confined: they are measured once. */
const confinedAs = (
  isolation: 'process' | 'thread',
  confinements: VariantSettings['confinements'],
): readonly VariantToRun['confinement'][] =>
  isolation === 'thread' ? [undefined] : (confinements ?? [undefined])

/** Function and kind of sandbox, and of the rest what is not the same everywhere. */
function labelOf(variant: Unlabelled, all: readonly Unlabelled[]): string {
  const varies = (part: (each: Unlabelled) => unknown): boolean => new Set(all.map(part)).size > 1
  const { target, input, confinement, node, build } = variant
  const parts = [target, input.isolation]
  if (varies((each) => each.input.memorySizeMb)) parts.push(`${input.memorySizeMb} MB`)
  if (confinement !== undefined) parts.push(confinement)
  if (varies((each) => each.node.path)) parts.push(nodeLabel(node, all))
  if (varies((each) => each.build)) parts.push(build ?? 'here')
  return parts.join(', ')
}

/** The version, or where the binary lies when two have the same. */
function nodeLabel({ path, version }: NodeBinary, all: readonly Unlabelled[]): string {
  const paths = new Set(all.flatMap(({ node }) => (node.version === version ? [node.path] : [])))
  return paths.size > 1 ? path : `Node ${version.slice(1)}`
}
