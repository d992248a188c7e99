import { existsSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { BYTES_PER_MB } from '../../kernel/units.ts'
import { canFreeze, coreOf, hasKillFile } from './control-group-core.ts'
import { canWrite, readControl, removeEmpty, sumIn, writeControl } from './control-group-files.ts'
import {
  CPU_PERIOD_US,
  cpuQuotaUs,
  type GroupLimits,
  type GroupPart,
  type Hierarchy,
  type MemoryAccount,
  makeBase,
  makeGroup,
  type Refusal,
  type Setting,
} from './control-group-hierarchy.ts'
import { type ControlGroupMount, RESOURCES, type Resource } from './control-group-layout.ts'

/**
 * The hierarchy of version 2. It may limit all things, some, or (beside version 1) none; it can freeze
 * and kill in any case.
 *
 *     <name>/                 base: passes its controllers on to the groups below
 *         <sandbox>/          limits
 *             launcher/       what starts the runtime and waits for it: not frozen, or it could not
 *                             see the runtime end. Only where something is limited
 *             runtime/        the runtime and all that it starts: frozen and killed together
 *
 * Freezing and killing are tested on real kernels. The limits, and the search for a place, are so far
 * tested on an imitation of the kernel's files only (`control-group-kernel.ts` among the tests).
 *
 * Source: the kernel's admin-guide/cgroup-v2.rst.
 */
export function openV2(mount: ControlGroupMount, name: string): Hierarchy | Refusal {
  const base = findBase(mount, name)
  if ('reason' in base) return base
  const { path: basePath, resources } = base
  const hasCore = canFreeze(basePath)
  const canKill = hasKillFile(basePath)
  const has = (resource: Resource): boolean => resources.includes(resource)
  const [memory, cpu, pids] = [has('memory'), has('cpu'), has('pids')]
  // Where the machine has no swap, or does not account for it, there is no such file.
  const swap = existsSync(join(basePath, 'memory.swap.max'))
  return {
    version: 2,
    basePath,
    resources,
    hasCore,
    create: (id, wanted): GroupPart => {
      const directory = join(basePath, id)
      const runtime = join(directory, 'runtime')
      const launcher = resources.length > 0 ? join(directory, 'launcher') : undefined
      const inner = launcher === undefined ? [runtime] : [runtime, launcher]
      const settings = settingsOf(directory, wanted, { memory, swap, pids })
      makeGroup([directory, ...inner], settings)
      return {
        directories: [...inner, directory],
        entry: launcher === undefined ? undefined : join(launcher, 'cgroup.procs'),
        settings,
        memory: memory ? memoryAccount(directory) : undefined,
        limitCpu: cpu ? (share) => limitCpu(directory, share) : undefined,
        core: hasCore ? coreOf(runtime, canKill) : undefined,
      }
    },
  }
}

/** What the kernel can limit in this hierarchy. */
export const offeredIn = (mountPath: string): Resource[] =>
  listedIn(join(mountPath, 'cgroup.controllers'))

interface Base {
  readonly path: string
  readonly resources: readonly Resource[]
}

/**
 * A group that has processes of its own passes no controllers on, and the one that we are in has at
 * least this one. So the base is beside it, or further out: at the nearest group that already passes
 * on all that the kernel has, else where most can be had. Nobody is moved to make room.
 */
function findBase({ mountPath, ownPath }: ControlGroupMount, name: string): Base | Refusal {
  const wanted = offeredIn(mountPath)
  let best: Base | undefined
  let refusal: Refusal | undefined
  for (const place of placesFrom(ownPath, mountPath)) {
    const path = join(place, name)
    const refused = makeBase(path)
    refusal ??= refused
    if (refused !== undefined) continue
    const resources = passOn(place, path, wanted)
    const isBetter = best === undefined || resources.length > best.resources.length
    const worse = isBetter ? best?.path : path
    if (worse !== undefined) removeEmpty(worse)
    if (isBetter) best = { path, resources }
    if (resources.length === wanted.length) break
  }
  return best ?? refusal ?? { reason: `${mountPath} is not there` }
}

/** From our own group outwards to the mount point; first those that pass on most already. */
function placesFrom(ownPath: string, mountPath: string): string[] {
  const places = [ownPath]
  for (const _ of relative(mountPath, ownPath).split(sep).filter(Boolean)) {
    places.push(dirname(places.at(-1) as string))
  }
  const passedOn = (place: string): number => listedIn(subtreeControl(place)).length
  return places.sort((one, other) => passedOn(other) - passedOn(one))
}

/** Has controllers passed on to the groups in a base, through it; returns which. */
function passOn(place: string, basePath: string, wanted: readonly Resource[]): Resource[] {
  const already = listedIn(subtreeControl(place))
  const missing = wanted.filter((resource) => !already.includes(resource))
  const added = enable(subtreeControl(place), missing)
  const atBase = wanted.filter((each) => already.includes(each) || added.includes(each))
  return enable(subtreeControl(basePath), atBase)
}

/** All at once, or as many as the kernel grants. */
function enable(path: string, resources: readonly Resource[]): Resource[] {
  if (resources.length === 0) return []
  if (canWrite(path, resources.map((each) => `+${each}`).join(' '))) return [...resources]
  return resources.filter((each) => canWrite(path, `+${each}`))
}

const subtreeControl = (directory: string): string => join(directory, 'cgroup.subtree_control')

function listedIn(path: string): Resource[] {
  const names = readControl(path)?.trim().split(' ') ?? []
  return RESOURCES.filter((resource) => names.includes(resource))
}

interface Limited {
  readonly memory: boolean
  readonly swap: boolean
  readonly pids: boolean
}

function settingsOf(
  directory: string,
  { memoryMb, processes }: GroupLimits,
  has: Limited,
): Setting[] {
  const settings: [file: string, text: string][] = []
  if (has.memory) settings.push(['memory.max', String(memoryMb * BYTES_PER_MB)])
  if (has.swap) settings.push(['memory.swap.max', '0'])
  // On Lambda the whole sandbox goes, whoever in it has taken the memory.
  if (has.memory) settings.push(['memory.oom.group', '1'])
  if (has.pids) settings.push(['pids.max', String(processes)])
  return settings.map(([file, text]) => [join(directory, file), text])
}

const memoryAccount = (directory: string): MemoryAccount => ({
  oomKills: () => sumIn(join(directory, 'memory.events'), ['oom_kill']),
  usedBytes: () => sumIn(join(directory, 'memory.stat'), ['anon', 'shmem']),
})

function limitCpu(directory: string, share: number | undefined): void {
  const quota = share === undefined ? 'max' : cpuQuotaUs(share)
  writeControl(join(directory, 'cpu.max'), `${quota} ${CPU_PERIOD_US}`)
}
