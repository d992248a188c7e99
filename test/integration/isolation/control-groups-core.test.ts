import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Core, coreOf } from '../../../runtime/host/isolation/control-group-core.ts'
import type { ControlGroup, ControlGroups } from '../../../runtime/host/isolation/control-groups.ts'
import { skipUnless } from '../../support/skip-unless.ts'
import { isRunning, type Member, until, useControlGroups, whatWorks } from './control-groups-lab.ts'

const { controllers, missing } = await whatWorks()
const LIMITS = { memoryMb: 256, processes: 1_024 }

describe('a control group with core files', () => {
  skipUnless(controllers.core, `needs them: ${missing.core}`)

  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sandlot-core-'))
  })
  // Hooks of this kind run last to first: what writes there has been killed by then.
  afterEach(() => rmSync(folder, { recursive: true, maxRetries: 5 }))

  const lab = useControlGroups()
  let groups: ControlGroups
  let group: ControlGroup
  beforeEach(() => {
    groups = lab.open()
    group = groups.create('a', LIMITS)
  })

  /** Makes a file longer and longer, with a process each time, once told to begin. */
  function grower(name: string): Member & { size(): number } {
    const path = join(folder, name)
    const member = lab.run(
      { entries: [] },
      'sh',
      '-c',
      'read -r _; while :; do echo >>"$0"; sleep 0.001; done',
      path,
    )
    return { ...member, size: () => statSync(path, { throwIfNoEntry: false })?.size ?? 0 }
  }

  /** Leaves a daemon in a session of its own behind, and waits. Adopted before it has started it. */
  async function leavesDaemon(): Promise<{ member: Member; daemon: number }> {
    const path = join(folder, 'daemon')
    const member = lab.run(
      { entries: [] },
      'sh',
      '-c',
      `read -r _; (setsid sh -c 'trap "" HUP TERM; echo $$ >"$0"; while :; do sleep 1; done' "$0" &); read -r _`,
      path,
    )
    await group.adopt(member.pid)
    member.tell('begin')
    await until(() => statSync(path, { throwIfNoEntry: false })?.size !== undefined)
    await until(() => readFileSync(path, 'utf8').endsWith('\n'))
    return { member, daemon: Number(readFileSync(path, 'utf8')) }
  }

  /** Nothing in it moves while something outside of it does. */
  async function standsStill(inside: { size(): number }, outside: { size(): number }) {
    const [before, start] = [inside.size(), outside.size()]
    await until(() => outside.size() > start + 50)
    return inside.size() === before
  }

  it('stops what it has adopted and that has started since, and lets it go on again', async () => {
    const inside = grower('inside')
    const other = groups.create('other', LIMITS)
    const outside = grower('outside')
    await group.adopt(inside.pid)
    await other.adopt(outside.pid)
    for (const each of [inside, outside]) each.tell('begin')
    await until(() => inside.size() > 0)
    expect(await group.freeze()).toBe(true)
    expect(await standsStill(inside, outside)).toBe(true)
    const frozenAt = inside.size()
    group.thaw()
    await until(() => inside.size() > frozenAt + 5)
    // And again: a sandbox is frozen after each invocation.
    expect(await group.freeze()).toBe(true)
    expect(await standsStill(inside, outside)).toBe(true)
  })

  it('does not stop what launched it', async () => {
    const launcher = grower('launcher')
    const inside = grower('inside')
    await group.adopt(inside.pid)
    for (const each of [inside, launcher]) each.tell('begin')
    expect(await group.freeze()).toBe(true)
    await until(() => launcher.size() > 5)
  })

  it('is frozen at once when there is nobody in it', async () => {
    expect(await group.freeze()).toBe(true)
  })

  it('is not frozen when it is gone, and says so', async () => {
    await group.remove()
    expect(await group.freeze()).toBe(false)
  })

  /** As the kernel does it, and as it is done where the kernel is older than 5.14. */
  const kills: [string, (core: () => Core) => void][] = [
    ['by the kernel', () => group.kill()],
    ['one by one', (core) => core().kill()],
  ]
  for (const [how, kill] of kills) {
    for (const state of ['running', 'frozen']) {
      it(`kills all that is ${state} in it, daemons as well, ${how}`, async () => {
        const { member, daemon } = await leavesDaemon()
        if (state === 'frozen') expect(await group.freeze()).toBe(true)
        kill(() => coreOf(runtimeGroup(), false))
        expect(await member.exited).toEqual({ code: null, signal: 'SIGKILL' })
        await until(() => !isRunning(daemon))
        // What comes after it, in the same sandbox, runs.
        const next = grower('next')
        await group.adopt(next.pid)
        next.tell('begin')
        await until(() => next.size() > 0)
      })
    }
  }

  it('has nothing against a process that has ended before it could be adopted', async () => {
    const member = lab.run({ entries: [] }, 'true')
    await member.exited
    await expect(group.adopt(member.pid)).resolves.toBeUndefined()
  })

  const runtimeGroup = (): string => {
    const base = groups.basePaths.at(-1) as string
    return join(base, 'a', 'runtime')
  }
})
