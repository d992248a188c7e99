import { type Environment, isBusy } from '../environment.ts'

/** Something that results were not measured alike on. */
export interface EnvironmentDifference {
  /** For a person. */
  readonly field: string
  /** Of each result, in order. */
  readonly values: readonly string[]
}

/** In which ways the machines, or their states, differ so that figures may differ for it. */
export function environmentDifferences(
  environments: readonly Environment[],
): EnvironmentDifference[] {
  const differing = Object.entries(FIELDS).flatMap(([field, textOf]) => {
    const values = environments.map(textOf)
    return new Set(values).size > 1 ? [{ field, values }] : []
  })
  if (!haveOtherLoads(environments)) return differing
  const loads = environments.map(({ load }) => load.toFixed(2))
  return [...differing, { field: 'load before measuring', values: loads }]
}

const FIELDS: Readonly<Record<string, (environment: Environment) => string>> = {
  CPU: ({ cpu, cpuCount }) => `${cpuCount} × ${cpu}`,
  architecture: ({ arch }) => arch,
  system: ({ system }) => system,
  Node: ({ node }) => node,
  Sandlot: ({ sandlot }) => sandlot,
  confinement: ({ isolation }) => isolation ?? 'none',
  'CPU limit': ({ cpuLimit }) => cpuLimit ?? 'none',
  NODE_OPTIONS: ({ nodeOptions }) => nodeOptions ?? 'none',
}

/** Loads are never the same: it matters whether half of the cores more had other things to do. */
function haveOtherLoads(environments: readonly Environment[]): boolean {
  const loads = environments.map(({ load }) => load)
  const cpuCount = Math.min(...environments.map((each) => each.cpuCount))
  const isMuchMore = Math.max(...loads) - Math.min(...loads) > cpuCount / 2
  return isMuchMore || new Set(environments.map(isBusy)).size > 1
}
