import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { coreOf } from '../../../runtime/host/isolation/control-group-core.ts'
import {
  type ControlGroups,
  openControlGroups,
} from '../../../runtime/host/isolation/control-groups.ts'
import type { FakeHierarchy, FakeKernel, GroupBefore } from './control-group-kernel.ts'

const fake = vi.hoisted((): { kernel: FakeKernel | undefined } => ({ kernel: undefined }))
vi.mock('node:fs', async (importReal) => {
  const { FakeKernel } = await import('./control-group-kernel.ts')
  fake.kernel = new FakeKernel(await importReal())
  return fake.kernel.module
})

const NAME = 'sandlot-test'
const LIMITS = { memoryMb: 128, processes: 1_024 }

function mounted(...args: Parameters<FakeKernel['mount']>): FakeHierarchy {
  if (fake.kernel === undefined) throw new Error('the system was loaded without it')
  const hierarchy = fake.kernel.mount(...args)
  onTestFinished(() => hierarchy.remove())
  return hierarchy
}

/** @param own the group that this process is in. */
function openIn(hierarchy: FakeHierarchy, own: string): ReturnType<typeof openControlGroups> {
  const { path } = hierarchy
  const mount = { version: 2, mountPath: path, ownPath: join(path, own), resources: [] } as const
  const opened = openControlGroups(NAME, [mount])
  onTestFinished(async () => {
    if ('close' in opened) await opened.close()
  })
  return opened
}

function usableIn(hierarchy: FakeHierarchy, own: string): ControlGroups {
  const opened = openIn(hierarchy, own)
  if ('reason' in opened) throw new Error(opened.reason)
  return opened
}

const SESSION = '/user.slice/session.scope'

/** A machine with systemd, as it is before anybody asks for more. */
const SYSTEMD: Readonly<Record<string, GroupBefore>> = {
  '/': { passesOn: 'cpu memory pids', hasProcesses: true },
  '/user.slice': { passesOn: 'memory pids' },
  [SESSION]: { hasProcesses: true },
}
const ALL = { memory: 2, cpu: 2, pids: 2, core: true }

describe('the place of control groups of version 2', () => {
  it('is the nearest group that already passes all controllers on', () => {
    const hierarchy = mounted(SYSTEMD)
    const groups = usableIn(hierarchy, SESSION)
    expect(groups.controllers).toEqual(ALL)
    expect(groups.missing).toEqual({})
    expect(groups.basePaths).toEqual([join(hierarchy.path, NAME)])
    expect(hierarchy.read(`${NAME}/cgroup.subtree_control`).split(' ').sort()).toEqual([
      'cpu',
      'memory',
      'pids',
    ])
    // Nothing was changed for others.
    expect(hierarchy.read('/user.slice/cgroup.subtree_control')).toBe('memory pids')
  })

  it('is the root where nobody has set anything up', () => {
    const hierarchy = mounted({ '/': { hasProcesses: true }, '/jobs': { hasProcesses: true } })
    const groups = usableIn(hierarchy, '/jobs')
    expect(groups.controllers).toEqual(ALL)
    expect(groups.basePaths).toEqual([join(hierarchy.path, NAME)])
    expect(existsSync(join(hierarchy.path, 'jobs', NAME))).toBe(false)
  })

  it('is in the nearest group that lets us where the root does not, with what it can pass on', () => {
    const hierarchy = mounted({
      '/': { passesOn: 'cpu memory pids', hasProcesses: true, refusesWith: 'EACCES' },
      '/user.slice': { passesOn: 'memory pids', refusesWith: 'EACCES' },
      '/user.slice/app.slice': { passesOn: 'memory pids' },
      '/user.slice/app.slice/terminal.scope': { hasProcesses: true },
    })
    const groups = usableIn(hierarchy, '/user.slice/app.slice/terminal.scope')
    expect(groups.basePaths).toEqual([join(hierarchy.path, 'user.slice/app.slice', NAME)])
    expect(groups.controllers).toEqual({ memory: 2, pids: 2, core: true })
    expect(groups.missing).toEqual({
      cpu: 'no control group that may be used here passes cpu on to others',
    })
  })

  it('limits nothing in a container whose only group has processes, but freezes and kills', () => {
    const hierarchy = mounted({ '/': { hasProcesses: true } }, { isContainer: true })
    const groups = usableIn(hierarchy, '/')
    expect(groups.controllers).toEqual({ core: true })
    expect(groups.missing.memory).toBe(
      'no control group that may be used here passes memory on to others',
    )
    const group = groups.create('a', LIMITS)
    expect(group.entries).toEqual([])
    expect([group.oomKills(), group.usedBytes()]).toEqual([undefined, undefined])
    group.limitCpu(0.5)
    expect(existsSync(join(hierarchy.path, NAME, 'a', 'launcher'))).toBe(false)
  })

  it.each([
    ['EACCES', (path: string) => `no permission to make control groups in ${path}`],
    ['EROFS', (path: string) => `${path} is mounted read-only`],
    ['ENOSPC', (path: string) => `no control group can be made in ${path}: ENOSPC`],
  ])('is nowhere where the kernel says %s, and the reason is told', (refusesWith, reasonFor) => {
    const hierarchy = mounted({ '/': { passesOn: 'memory', refusesWith } })
    expect(openIn(hierarchy, '/')).toEqual({ reason: reasonFor(hierarchy.path) })
  })

  it('is nowhere where no control groups are mounted', () => {
    expect(openControlGroups(NAME, [])).toEqual({ reason: 'no control groups are mounted here' })
  })

  it('limits on a kernel that cannot freeze a group, and says that it cannot', async () => {
    const hierarchy = mounted(SYSTEMD, { lacks: ['cgroup.freeze', 'cgroup.kill'] })
    const groups = usableIn(hierarchy, SESSION)
    expect(groups.controllers).toEqual({ ...ALL, core: false })
    expect(groups.missing).toEqual({ core: 'control groups can be frozen from Linux 5.2 on' })
    const group = groups.create('a', LIMITS)
    expect([await group.freeze(), group.kill()]).toEqual([false, false])
  })
})

describe('a control group of version 2', () => {
  function made() {
    const hierarchy = mounted(SYSTEMD)
    const groups = usableIn(hierarchy, SESSION)
    const group = groups.create('a', LIMITS)
    const read = (file: string): string => hierarchy.read(`${NAME}/a/${file}`)
    const write = (file: string, text: string): void => hierarchy.write(`${NAME}/a/${file}`, text)
    return { hierarchy, groups, group, read, write }
  }

  it('limits memory without swap, all or nothing, and processes; CPU not yet', () => {
    const { read } = made()
    expect(read('memory.max')).toBe('134217728')
    expect(read('memory.swap.max')).toBe('0')
    expect(read('memory.oom.group')).toBe('1')
    expect(read('pids.max')).toBe('1024')
    expect(read('cpu.max')).toBe('max 100000')
  })

  it('limits CPU in periods of 20 ms when told, and lifts the limit', () => {
    const { group, read } = made()
    for (const [share, expected] of [
      [128 / 1_769, '1447 20000'],
      [5.79, '115800 20000'],
      [0.001, '1000 20000'],
      [undefined, 'max 20000'],
    ] as const) {
      group.limitCpu(share)
      expect(read('cpu.max')).toBe(expected)
    }
  })

  it('is entered where it is not frozen, by the launcher; what is adopted is frozen and killed', async () => {
    const { hierarchy, group, read, write } = made()
    expect(group.entries).toEqual([join(hierarchy.path, NAME, 'a', 'launcher', 'cgroup.procs')])
    await group.adopt(99_999_999)
    expect(read('runtime/cgroup.procs')).toBe('99999999')
    write('runtime/cgroup.events', 'populated 1\nfrozen 1\n')
    expect(await group.freeze()).toBe(true)
    expect([read('runtime/cgroup.freeze'), read('launcher/cgroup.freeze')]).toEqual(['1', ''])
    group.thaw()
    expect(read('runtime/cgroup.freeze')).toBe('0')
    expect(group.kill()).toBe(true)
    expect([read('runtime/cgroup.kill'), read('launcher/cgroup.kill')]).toEqual(['1', ''])
  })

  it('tells kills for memory, and memory used without page cache', () => {
    const { group, write } = made()
    expect([group.oomKills(), group.usedBytes()]).toEqual([0, 0])
    write('memory.events', 'low 0\nhigh 0\nmax 7\noom 2\noom_kill 3\noom_group_kill 1\n')
    write('memory.stat', 'anon 4096\nfile 1048576\nkernel 12\nshmem 8192\nfile_mapped 5\n')
    expect([group.oomKills(), group.usedBytes()]).toEqual([3, 12_288])
  })

  it('is gone when it was removed, and all are when they were closed', async () => {
    const { hierarchy, groups, group } = made()
    groups.create('b', LIMITS)
    await group.remove()
    expect(existsSync(join(hierarchy.path, NAME, 'a'))).toBe(false)
    expect(existsSync(join(hierarchy.path, NAME, 'b'))).toBe(true)
    await groups.close()
    expect(existsSync(join(hierarchy.path, NAME))).toBe(false)
  })

  it('is not frozen when it was thawed before it was', async () => {
    const { hierarchy, group, write } = made()
    write('runtime/cgroup.events', 'populated 1\nfrozen 0\n')
    const freezing = group.freeze()
    group.thaw()
    expect(await freezing).toBe(false)
    expect(hierarchy.read(`${NAME}/a/runtime/cgroup.freeze`)).toBe('0')
  })

  it('is not frozen when the kernel does not manage to within a second', async () => {
    const { hierarchy, write } = made()
    write('runtime/cgroup.events', 'populated 1\nfrozen 0\n')
    const core = coreOf(join(hierarchy.path, NAME, 'a', 'runtime'), true)
    expect(await core.freeze()).toBe(false)
  })
})
