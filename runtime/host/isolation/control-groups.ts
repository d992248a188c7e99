import { invariant } from '../../kernel/invariant.ts'
import { removeGroups, removeTree } from './control-group-files.ts'
import type { GroupLimits, GroupPart, Hierarchy, Refusal } from './control-group-hierarchy.ts'
import {
  type ControlGroupMount,
  controlGroupMounts,
  RESOURCES,
  type Resource,
} from './control-group-layout.ts'
import { tryHierarchies } from './control-group-trial.ts'
import { openV1 } from './control-group-v1.ts'
import { offeredIn, openV2 } from './control-group-v2.ts'

/** What the kernel does for one sandbox as a whole, whatever processes it has. */
export interface ControlGroup {
  /** `cgroup.procs` files of the groups that limit: a launcher writes 0 into each before it goes on. */
  readonly entries: readonly string[]
  /** Moves a running process, and with it all that it starts later, to where it can be frozen and killed. */
  adopt(pid: number): Promise<void>
  /** Share of one CPU; `undefined` lifts the limit. A group is made without one. */
  limitCpu(share: number | undefined): void
  /** How often the kernel has killed for lack of memory here; `undefined` where memory is not limited. */
  oomKills(): number | undefined
  /** Anonymous and shared memory used now (not page cache); `undefined` where it is not accounted for. */
  usedBytes(): number | undefined
  /** Resolves when all that was adopted has stopped; to false where it cannot be stopped. */
  freeze(): Promise<boolean>
  thaw(): void
  /** Kills all that was adopted, frozen or not; false where the kernel cannot. */
  kill(): boolean
  /** Resolves when the groups are gone; whoever is still in them soon after the call is killed. */
  remove(): Promise<void>
}

export interface ControlGroups {
  /** The version of the hierarchy that limits each; `core` is freezing and killing. */
  readonly controllers: { readonly [Key in Resource]?: 1 | 2 } & { readonly core: boolean }
  /** Why what is not in `controllers` is not: one line each, for a person. */
  readonly missing: { readonly [Key in Resource | 'core']?: string }
  /** This controller's own directories, one a hierarchy. */
  readonly basePaths: readonly string[]
  /** @throws SandlotError `SandboxUnavailable` when the kernel refuses. */
  create(id: string, limits: GroupLimits): ControlGroup
  /** Kills what is left in any group, and removes them all. */
  close(): Promise<void>
}

/** What the names of all controllers' directories begin with: by that they are found again. */
export const CONTROL_GROUP_PREFIX = 'sandlot-'

/**
 * Finds out by trying what control groups can do for sandboxes here; takes some ten milliseconds.
 *
 * @param name of this controller, for as long as its directories may be there.
 * @returns a reason where they can do nothing.
 */
export function openControlGroups(
  name: string,
  mounts: readonly ControlGroupMount[] = controlGroupMounts(),
): ControlGroups | Refusal {
  invariant(name.startsWith(CONTROL_GROUP_PREFIX), `control groups of ${name} would not be found`)
  if (mounts.length === 0) return { reason: 'no control groups are mounted here' }
  const opened = mounts.map((mount) => (mount.version === 1 ? openV1 : openV2)(mount, name))
  const { refusals, cleaned } = tryHierarchies(opened.filter(isUsable))
  const tried = opened.map((each): Hierarchy | Refusal => {
    const reason = isUsable(each) ? refusals.get(each) : undefined
    return reason === undefined ? each : { reason }
  })
  const hierarchies = tried.filter(isUsable)
  const missing = missingIn(mounts, tried)
  if (hierarchies.length === 0) return { reason: missing.memory ?? 'nothing can be limited' }
  return {
    controllers: controllersOf(hierarchies),
    missing,
    basePaths: hierarchies.map(({ basePath }) => basePath),
    create: (id, limits) => createGroup(hierarchies, id, limits),
    close: async () => {
      await cleaned
      await Promise.all(hierarchies.map(({ basePath }) => removeTree(basePath)))
    },
  }
}

const isUsable = (each: Hierarchy | Refusal): each is Hierarchy => !('reason' in each)

function controllersOf(hierarchies: readonly Hierarchy[]): ControlGroups['controllers'] {
  const limited = hierarchies.flatMap(({ resources, version }) =>
    resources.map((resource) => [resource, version] as const),
  )
  return { ...Object.fromEntries(limited), core: hierarchies.some(({ hasCore }) => hasCore) }
}

/** Why what no hierarchy does is not done. */
function missingIn(
  mounts: readonly ControlGroupMount[],
  tried: readonly (Hierarchy | Refusal)[],
): ControlGroups['missing'] {
  const controllers = controllersOf(tried.filter(isUsable))
  const reasonAt = (isIt: (mount: ControlGroupMount) => boolean, otherwise: Reasons): string => {
    const index = mounts.findIndex(isIt)
    const result = tried[index]
    if (result === undefined) return otherwise.notMounted
    return 'reason' in result ? result.reason : otherwise.notGranted
  }
  const missing: { -readonly [Key in keyof ControlGroups['missing']]: string } = {}
  for (const resource of RESOURCES) {
    if (controllers[resource] !== undefined) continue
    missing[resource] = reasonAt((mount) => offersOf(mount).includes(resource), {
      notMounted: `no control groups for ${resource} are mounted here`,
      notGranted: `no control group that may be used here passes ${resource} on to others`,
    })
  }
  if (!controllers.core) {
    missing.core = reasonAt(({ version }) => version === 2, {
      notMounted: 'no control groups of version 2 are mounted here',
      notGranted: 'control groups can be frozen from Linux 5.2 on',
    })
  }
  return missing
}

const offersOf = ({ version, mountPath, resources }: ControlGroupMount): readonly Resource[] =>
  version === 1 ? resources : offeredIn(mountPath)

interface Reasons {
  readonly notMounted: string
  readonly notGranted: string
}

function createGroup(
  hierarchies: readonly Hierarchy[],
  id: string,
  limits: GroupLimits,
): ControlGroup {
  const parts: GroupPart[] = []
  const remove = async (): Promise<void> => {
    await removeGroups(parts.flatMap(({ directories }) => directories))
  }
  try {
    for (const hierarchy of hierarchies) parts.push(hierarchy.create(id, limits))
  } catch (error) {
    void remove()
    throw error
  }
  const partWith = <Key extends keyof GroupPart>(key: Key): GroupPart[Key] | undefined =>
    parts.find((part) => part[key] !== undefined)?.[key]
  const [memory, limitCpu, core] = [partWith('memory'), partWith('limitCpu'), partWith('core')]
  return {
    entries: parts.flatMap(({ entry }) => entry ?? []),
    adopt: async (pid) => await core?.adopt(pid),
    limitCpu: (share) => limitCpu?.(share),
    oomKills: () => memory?.oomKills(),
    usedBytes: () => memory?.usedBytes(),
    freeze: async () => (await core?.freeze()) ?? false,
    thaw: () => core?.thaw(),
    kill: () => {
      core?.kill()
      return core !== undefined
    },
    remove,
  }
}
