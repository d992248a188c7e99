import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { SandlotError } from '../../kernel/errors.ts'
import { removeTree } from './control-group-files.ts'
import {
  type GroupLimits,
  type GroupPart,
  type Hierarchy,
  holds,
} from './control-group-hierarchy.ts'

export interface Trial {
  /** Why a hierarchy is of no use after all. */
  readonly refusals: ReadonlyMap<Hierarchy, string>
  /** Resolves when the groups that were tried are gone. */
  readonly cleaned: Promise<unknown>
}

const TRIAL = 'trial'
const TRIAL_LIMITS: GroupLimits = { memoryMb: 64, processes: 64 }
const TRIAL_SHARE = 0.5

/** Makes a group in each hierarchy, reads its limits back, and has a process enter it, as launchers do. */
export function tryHierarchies(hierarchies: readonly Hierarchy[]): Trial {
  const refusals = new Map<Hierarchy, string>()
  const entries = new Map<Hierarchy, readonly string[]>()
  for (const hierarchy of hierarchies) {
    try {
      entries.set(hierarchy, entriesOf(tryLimits(hierarchy)))
    } catch (error) {
      refusals.set(hierarchy, (error as Error).message)
    }
  }
  const refused = enter([...entries.values()].flat())
  for (const [hierarchy, files] of entries) {
    if (!files.some((file) => refused.includes(file))) continue
    refusals.set(hierarchy, `no process can be moved into ${hierarchy.basePath}`)
  }
  const tried = hierarchies.map((each) =>
    removeTree(refusals.has(each) ? each.basePath : join(each.basePath, TRIAL)),
  )
  return { refusals, cleaned: Promise.all(tried) }
}

function tryLimits(hierarchy: Hierarchy): GroupPart {
  const part = hierarchy.create(TRIAL, TRIAL_LIMITS)
  const [path] = part.settings.find((setting) => !holds(setting)) ?? []
  if (path !== undefined) {
    throw new SandlotError('SandboxUnavailable', `${path} does not keep what is written to it`)
  }
  part.limitCpu?.(TRIAL_SHARE)
  part.limitCpu?.(undefined)
  return part
}

const entriesOf = ({ entry, core }: GroupPart): string[] =>
  [entry, core?.entry].filter((each) => each !== undefined)

/** Tells the files that could not be written. */
const ENTER = 'for file; do echo 0 >"$file" || echo "$file"; done'

/** @returns the files that did not let a process in. */
function enter(files: readonly string[]): readonly string[] {
  if (files.length === 0) return []
  const { stdout, error } = spawnSync('/bin/sh', ['-c', ENTER, 'sh', ...files], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {},
  })
  return error === undefined ? stdout.split('\n') : files
}
