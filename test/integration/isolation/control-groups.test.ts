import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { controlGroupMounts } from '../../../runtime/host/isolation/control-group-layout.ts'
import { openV1 } from '../../../runtime/host/isolation/control-group-v1.ts'
import { skipUnless } from '../../support/skip-unless.ts'
import { uniqueName, useControlGroups, whatWorks } from './control-groups-lab.ts'

const { controllers, missing } = await whatWorks()
const lab = useControlGroups()

const MB = 1_048_576
const LIMITS = { memoryMb: 256, processes: 1_024 }

/** A Node.js program that takes memory when told how many MB, and says so. */
const TAKES_MEMORY = `
  const kept = []
  require('node:readline').createInterface({ input: process.stdin }).on('line', (mb) => {
    kept.push(Buffer.alloc(mb * ${MB}, 1))
    console.log('taken')
  })
  console.log('ready')
`

/** See statfs(2). */
const TMPFS = 0x01021994

const WRITES = `
  echo ready; read -r _
  dd if=/dev/zero of="$0" bs=1M count="$1"
  echo written; read -r _
`

describe('memory of a control group', () => {
  skipUnless(controllers.memory !== undefined, `needs it to be limited: ${missing.memory}`)

  it('just inside the limit is had', async () => {
    const group = lab.open().create('a', { ...LIMITS, memoryMb: 128 })
    const member = lab.run(group, process.execPath, '-e', TAKES_MEMORY)
    await member.line()
    member.tell('80')
    expect(await member.line()).toBe('taken')
    expect(group.oomKills()).toBe(0)
  })

  it('beyond the limit is a kill that the kernel counts, and no other group notices', async () => {
    const groups = lab.open()
    const group = groups.create('a', { ...LIMITS, memoryMb: 128 })
    const neighbour = groups.create('b', { ...LIMITS, memoryMb: 128 })
    const member = lab.run(group, process.execPath, '-e', TAKES_MEMORY)
    const other = lab.run(neighbour, process.execPath, '-e', TAKES_MEMORY)
    await Promise.all([member.line(), other.line()])
    member.tell('160')
    expect(await member.exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(group.oomKills()).toBe(1)
    other.tell('80')
    expect(await other.line()).toBe('taken')
    expect(neighbour.oomKills()).toBe(0)
  })

  it('is that of all its processes together', async () => {
    const group = lab.open().create('a', { ...LIMITS, memoryMb: 128 })
    const members = [0, 1].map(() => lab.run(group, process.execPath, '-e', TAKES_MEMORY))
    for (const member of members) await member.line()
    for (const member of members) member.tell('80')
    const [exit] = await Promise.all([
      Promise.race(members.map(({ exited }) => exited)),
      ...members.map((member) => member.line().catch(() => undefined)),
    ])
    expect(exit).toEqual({ code: null, signal: 'SIGKILL' })
    expect(group.oomKills()).toBeGreaterThanOrEqual(1)
  })

  it('counts as used when it is a buffer', async () => {
    const group = lab.open().create('a', LIMITS)
    const member = lab.run(group, process.execPath, '-e', TAKES_MEMORY)
    await member.line()
    const before = group.usedBytes() ?? 0
    member.tell('100')
    await member.line()
    const taken = (group.usedBytes() ?? 0) - before
    expect(before).toBeGreaterThan(0)
    expect(taken).toBeGreaterThan(95 * MB)
    expect(taken).toBeLessThan(110 * MB)
  })

  it('does not count as used when it is the cache of a file that was written', async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'sandlot-cache-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    skip(statfsSync(folder).type === TMPFS, 'needs a temporary folder that is on a disk')
    const group = lab.open().create('a', LIMITS)
    const path = join(folder, 'written')
    const member = lab.run(group, 'sh', '-c', WRITES, path, '100')
    await member.line()
    const before = group.usedBytes() ?? 0
    member.tell('begin')
    await member.line()
    expect(statSync(path).size).toBe(100 * MB)
    expect((group.usedBytes() ?? 0) - before).toBeLessThan(20 * MB)
    member.tell('end')
    expect((await member.exited).code).toBe(0)
  })
})

describe('processes of a control group', () => {
  skipUnless(controllers.pids !== undefined, `needs them to be limited: ${missing.pids}`)

  /** Starts as many processes as it is told, beside itself. They end with the group. */
  const STARTS =
    'while [ $0 -gt $((i)) ]; do sleep 1000 >/dev/null & i=$((i+1)); done; echo started'

  it('may be as many as the limit', async () => {
    const group = lab.open().create('a', { ...LIMITS, processes: 4 })
    const member = lab.run(group, 'sh', '-c', STARTS, '3')
    expect(await member.line()).toBe('started')
  })

  it('may not be one more than the limit', async () => {
    const group = lab.open().create('a', { ...LIMITS, processes: 4 })
    const member = lab.run(group, 'sh', '-c', STARTS, '4')
    expect((await member.exited).code).not.toBe(0)
    await expect(member.line()).rejects.toThrow('it has ended')
  })
})

describe('CPU of a control group', () => {
  skipUnless(controllers.cpu !== undefined, `needs it to be limited: ${missing.cpu}`)

  /** Is busy for as many ms as told, again and again; says how much of that time it had a CPU. */
  const IS_BUSY = `
    require('node:readline').createInterface({ input: process.stdin }).on('line', (ms) => {
      const start = performance.now()
      const before = process.cpuUsage()
      while (performance.now() - start < ms);
      const { user, system } = process.cpuUsage(before)
      console.log((user + system) / 1e3 / (performance.now() - start))
    })
    console.log('ready')
  `

  it('is had in proportion to the share, and freely again once the limit is lifted', async () => {
    const groups = lab.open()
    const small = groups.create('small', LIMITS)
    const large = groups.create('large', LIMITS)
    const members = [small, large].map((group) => lab.run(group, process.execPath, '-e', IS_BUSY))
    for (const member of members) await member.line()
    const busy = async (): Promise<[number, number]> => {
      for (const member of members) member.tell('1500')
      const [one, other] = await Promise.all(members.map((member) => member.line()))
      return [Number(one), Number(other)]
    }
    small.limitCpu(0.05)
    large.limitCpu(0.2)
    const [smallShare, largeShare] = await busy()
    expect(largeShare / smallShare).toBeGreaterThan(2)
    expect(largeShare / smallShare).toBeLessThan(6)
    small.limitCpu(undefined)
    const [liftedShare] = await busy()
    expect(liftedShare / smallShare).toBeGreaterThan(2)
  })

  it('may be set to less than the kernel can mete out: then it is the least it can', () => {
    const group = lab.open().create('a', LIMITS)
    expect(() => group.limitCpu(0.001)).not.toThrow()
  })

  it('may be set to more than a group further out may have: then that one limits', (context) => {
    context.skip(controllers.cpu !== 1, 'only version 1 refuses that')
    const mount = controlGroupMounts().find(({ resources }) => resources.includes('cpu'))
    if (mount === undefined) throw new Error('it was there')
    const ownPath = join(mount.ownPath, uniqueName())
    mkdirSync(ownPath)
    onTestFinished(() => rmdirSync(ownPath))
    writeFileSync(join(ownPath, 'cpu.cfs_quota_us'), '50000')
    const hierarchy = openV1({ ...mount, ownPath }, uniqueName())
    if ('reason' in hierarchy) throw new Error(hierarchy.reason)
    onTestFinished(() => rmdirSync(hierarchy.basePath))
    const { limitCpu, directories } = hierarchy.create('a', LIMITS)
    const [directory] = directories as [string]
    onTestFinished(() => rmdirSync(directory))
    const quota = (): string => readFileSync(join(directory, 'cpu.cfs_quota_us'), 'utf8').trim()
    limitCpu?.(0.25)
    expect(quota()).toBe('5000')
    limitCpu?.(1)
    expect(quota()).toBe('-1')
  })
})
