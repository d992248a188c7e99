import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { SandlotError } from '../../kernel/errors.ts'
import type { Core } from './control-group-core.ts'
import { codeOf, readControl, removeEmpty, writeControl } from './control-group-files.ts'
import type { Resource } from './control-group-layout.ts'

export interface GroupLimits {
  readonly memoryMb: number
  /** Processes and threads. */
  readonly processes: number
}

/** One hierarchy of control groups, with a directory of our own in it. */
export interface Hierarchy {
  readonly version: 1 | 2
  /** Holds the groups of all sandboxes, one directory each. */
  readonly basePath: string
  /** What it limits. */
  readonly resources: readonly Resource[]
  /** Whether it can freeze and kill. */
  readonly hasCore: boolean
  /** Makes the group of one sandbox; a group that fails half-way is removed again. */
  create(id: string, limits: GroupLimits): GroupPart
}

/** What one hierarchy does for one sandbox. */
export interface GroupPart {
  /** Inner ones first. */
  readonly directories: readonly string[]
  /** `cgroup.procs` of the group that limits; none where nothing is limited. */
  readonly entry: string | undefined
  /** The files that were written to set limits, and what. */
  readonly settings: readonly Setting[]
  readonly memory?: MemoryAccount | undefined
  readonly limitCpu?: ((share: number | undefined) => void) | undefined
  readonly core?: Core | undefined
}

export type Setting = readonly [path: string, text: string]

export interface MemoryAccount {
  oomKills(): number | undefined
  usedBytes(): number | undefined
}

/** Why there is nothing: one line for a person. */
export interface Refusal {
  readonly reason: string
}

/** The period over which a share of a CPU is meted out, as on Lambda. */
export const CPU_PERIOD_US = 20_000
/** The kernel refuses less. */
const MIN_CPU_QUOTA_US = 1_000

export const cpuQuotaUs = (share: number): number =>
  Math.max(MIN_CPU_QUOTA_US, Math.round(share * CPU_PERIOD_US))

/**
 * @param directories outer ones first.
 * @throws SandlotError `SandboxUnavailable`; what was made by then is removed.
 */
export function makeGroup(directories: readonly string[], settings: readonly Setting[]): void {
  const made: string[] = []
  try {
    for (const directory of directories) {
      mkdirSync(directory)
      made.unshift(directory)
    }
    for (const [path, text] of settings) writeControl(path, text)
  } catch (error) {
    for (const directory of made) removeEmpty(directory)
    const reason = cannotMake(directories[0] as string, error)
    throw new SandlotError('SandboxUnavailable', reason, { cause: error })
  }
}

/** Makes the directory for all groups of this process. */
export function makeBase(basePath: string): Refusal | undefined {
  try {
    mkdirSync(basePath)
    return undefined
  } catch (error) {
    return { reason: cannotMake(basePath, error) }
  }
}

/** What is in force: what was written, as far as it can be read back. */
export const holds = ([path, text]: Setting): boolean => readControl(path)?.trim() === text

function cannotMake(directory: string, error: unknown): string {
  const parent = dirname(directory)
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return `no permission to make control groups in ${parent}`
    case 'EROFS':
      return `${parent} is mounted read-only`
    default:
      return error instanceof SandlotError
        ? error.message
        : `no control group can be made in ${parent}: ${codeOf(error)}`
  }
}
