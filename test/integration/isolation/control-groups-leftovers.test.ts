import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { reapControlGroups } from '../../../runtime/host/isolation/control-group-reaper.ts'
import type { ControlGroups } from '../../../runtime/host/isolation/control-groups.ts'
import { skipUnless } from '../../support/skip-unless.ts'
import { isRunning, uniqueName, useControlGroups, whatWorks } from './control-groups-lab.ts'

const { controllers, missing } = await whatWorks()
const LIMITS = { memoryMb: 256, processes: 1_024 }

describe('what control groups leave behind', () => {
  skipUnless(controllers.memory !== undefined, `needs control groups: ${missing.memory}`)

  const lab = useControlGroups()
  const pathsOf = ({ basePaths }: ControlGroups, id: string): string[] =>
    basePaths.map((path) => join(path, id))
  const thereOf = (paths: readonly string[]): string[] => paths.filter((path) => existsSync(path))

  it('is nothing of a sandbox whose group was removed, and all of its neighbour', async () => {
    const groups = lab.open()
    const group = groups.create('a', LIMITS)
    groups.create('b', LIMITS)
    const member = lab.run(group, 'true')
    await member.exited
    await group.remove()
    expect(thereOf(pathsOf(groups, 'a'))).toEqual([])
    expect(thereOf(pathsOf(groups, 'b'))).toEqual(pathsOf(groups, 'b'))
  })

  it('is nobody who was forgotten in a group that is removed', async () => {
    const groups = lab.open()
    const group = groups.create('a', LIMITS)
    const member = lab.run(group, 'sh', '-c', 'echo entered; sleep 1000')
    await member.line()
    await group.remove()
    expect(thereOf(pathsOf(groups, 'a'))).toEqual([])
    expect(await member.exited).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('is nothing after closing, whoever was still running or frozen', async () => {
    const groups = lab.open()
    const group = groups.create('a', LIMITS)
    const member = lab.run(group, 'sh', '-c', 'echo entered; sleep 1000')
    await member.line()
    await group.adopt(member.pid)
    await group.freeze()
    groups.create('b', LIMITS)
    await groups.close()
    expect(thereOf(groups.basePaths)).toEqual([])
    expect(await member.exited).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('makes no harm when it is removed twice, and no errors when it is asked afterwards', async () => {
    const group = lab.open().create('a', LIMITS)
    await group.remove()
    await group.remove()
    group.thaw()
    group.limitCpu(0.5)
    group.kill()
    expect([group.oomKills(), group.usedBytes()]).toEqual([undefined, undefined])
  })

  it('cannot be made twice under one name, and what is there stays', async () => {
    const groups = lab.open()
    const group = groups.create('a', LIMITS)
    const member = lab.run(group, 'sh', '-c', 'echo entered; read -r _')
    await member.line()
    expect(() => groups.create('a', LIMITS)).toThrow(/^no control group can be made in .+: EEXIST$/)
    expect(thereOf(pathsOf(groups, 'a'))).toEqual(pathsOf(groups, 'a'))
    member.tell('go on')
    expect(await member.exited).toEqual({ code: 0, signal: null })
  })

  it('is reaped when its controller is dead, with all that runs in it; that of others is not', async () => {
    const name = uniqueName()
    const dead = lab.open(name)
    const alive = lab.open()
    const orphan = lab.run(dead.create('a', LIMITS), 'sh', '-c', 'echo entered; sleep 1000')
    const member = lab.run(alive.create('a', LIMITS), 'sh', '-c', 'echo entered; sleep 1000')
    await Promise.all([orphan.line(), member.line()])
    await reapControlGroups((each) => each === name)
    expect(thereOf(dead.basePaths)).toEqual([])
    expect(await orphan.exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(thereOf(alive.basePaths)).toEqual(alive.basePaths)
    expect(isRunning(member.pid)).toBe(true)
  })
})
