import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BYTES_PER_MB } from '../../kernel/units.ts'
import { readControl, sumIn, writeControl } from './control-group-files.ts'
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
import type { ControlGroupMount } from './control-group-layout.ts'

/**
 * A hierarchy of version 1: each limits one thing, or a few (`cpu,cpuacct`). Our groups are below the
 * one that this process is in, so what limits us limits sandboxes as well.
 *
 * Sources: the kernel's cgroup-v1/memory.rst, cgroup-v1/pids.rst, scheduler/sched-bwc.rst.
 */
export function openV1(
  { ownPath, resources }: ControlGroupMount,
  name: string,
): Hierarchy | Refusal {
  const basePath = join(ownPath, name)
  const refusal = makeBase(basePath)
  if (refusal !== undefined) return refusal
  const limits = (resource: (typeof resources)[number]): boolean => resources.includes(resource)
  const accountsSwap = limits('memory') && existsSync(join(basePath, MEMSW_LIMIT))
  return {
    version: 1,
    basePath,
    resources,
    hasCore: false,
    create: (id, wanted): GroupPart => {
      const directory = join(basePath, id)
      const settings: Setting[] = []
      const set = (file: string, text: string): unknown =>
        settings.push([join(directory, file), text])
      if (limits('memory')) for (const [file, text] of memory(wanted, accountsSwap)) set(file, text)
      if (limits('pids')) set('pids.max', String(wanted.processes))
      if (limits('cpu')) set('cpu.cfs_period_us', String(CPU_PERIOD_US))
      makeGroup([directory], settings)
      return {
        directories: [directory],
        entry: join(directory, 'cgroup.procs'),
        settings,
        memory: limits('memory') ? memoryAccount(directory) : undefined,
        limitCpu: limits('cpu') ? (share) => limitCpu(directory, share) : undefined,
      }
    },
  }
}

const MEMSW_LIMIT = 'memory.memsw.limit_in_bytes'

/** Memory and swap together may not be more than memory alone; so their limit comes second. */
function memory({ memoryMb }: GroupLimits, accountsSwap: boolean): Setting[] {
  const bytes = String(memoryMb * BYTES_PER_MB)
  // Where swap is not accounted for, what is over the limit is at least not put into it.
  return [
    ['memory.limit_in_bytes', bytes],
    accountsSwap ? [MEMSW_LIMIT, bytes] : ['memory.swappiness', '0'],
  ]
}

const memoryAccount = (directory: string): MemoryAccount => ({
  // Not `memory.failcnt`: it stays 0 when page cache can be given up, and at a kill too.
  oomKills: () => sumIn(join(directory, 'memory.oom_control'), ['oom_kill']),
  usedBytes: () => sumIn(join(directory, 'memory.stat'), ['rss', 'shmem']),
})

function limitCpu(directory: string, share: number | undefined): void {
  const path = join(directory, 'cpu.cfs_quota_us')
  if (share === undefined) return writeControl(path, UNLIMITED)
  try {
    writeControl(path, String(cpuQuotaUs(share)))
  } catch (error) {
    // More than a group further out may have. That one limits it then, all by itself.
    if (!isLimitedFurtherOut(dirname(directory))) throw error
    writeControl(path, UNLIMITED)
  }
}

const UNLIMITED = '-1'

/** Up to the mount point, above which there is no such file. */
function isLimitedFurtherOut(directory: string): boolean {
  const quota = readControl(join(directory, 'cpu.cfs_quota_us'))
  if (quota === undefined) return false
  return quota.trim() !== UNLIMITED || isLimitedFurtherOut(dirname(directory))
}
