import { cpSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { skipUnless } from '../../support/skip-unless.ts'
import {
  ask,
  confined,
  confinementHere,
  NEEDS_NAMESPACES,
  NO_TRACES,
  processesNaming,
  type Traces,
  tracesOf,
} from './isolation-lab.ts'
import { controllersIn } from './killed-controller.ts'
import { type EmulatorUnderTest, HANDLERS, isRunning, useEmulators } from './use-emulator.ts'

const start = useEmulators()
const { mode, findings } = await confinementHere()
const levelOf = (concern: string) => findings.find((each) => each.concern === concern)?.level

/** Starts a daemon and returns its process id on this machine. */
async function startDaemon(under: EmulatorUnderTest, path: string): Promise<number> {
  await ask(under, { daemon: path })
  const [pid, ...others] = processesNaming(path)
  expect(others).toEqual([])
  return pid ?? 0
}

/** It stays for as long as the controller does. */
const withoutWatchdog = (traces: Traces): Traces => ({
  ...traces,
  processes: traces.processes.filter((command) => !command.includes('sandlot-watchdog')),
})

let daemons = 0
/** One that no other process of this machine names. */
const uniquePath = (): string => {
  daemons += 1
  return `/tmp/daemon-${process.pid}-${daemons}-${Date.now()}`
}

const stateOf = ({ emulator }: EmulatorUnderTest, name: string) =>
  emulator.sandboxes().find(({ functionName }) => functionName === name)?.state

describe('a daemon that has left everything it came from behind', () => {
  skipUnless(mode !== 'plain', NEEDS_NAMESPACES)

  it.each([
    ['is evicted', (under: EmulatorUnderTest) => under.emulator.evict()],
    ['is closed', (under: EmulatorUnderTest) => under.emulator.close()],
    ['ends by itself', (under: EmulatorUnderTest) => under.run('confined', { exit: 0 })],
  ])('ends when its sandbox %s', async (_, end) => {
    const under = await start([confined()])
    const pid = await startDaemon(under, uniquePath())
    expect(isRunning(pid)).toBe(true)
    await end(under)
    expect(isRunning(pid)).toBe(false)
  })

  it('makes no progress while its sandbox is frozen, and goes on afterwards', async () => {
    const under = await start([confined(), confined({ name: 'neighbour' }), {}])
    const path = uniquePath()
    const pid = await startDaemon(under, path)
    const written = () => statSync(`/proc/${pid}/root${path}`).size
    await expect.poll(() => stateOf(under, 'confined')).toBe('frozen')
    const before = written()
    // Long enough for it to write dozens of times.
    await under.run('probe', { sleep: 500 })
    expect(written()).toBe(before)
    await expect.poll(() => ask<number>(under, { size: path })).toBeGreaterThan(before + 5)
  })
})

describe('what the system has of a sandbox in namespaces', () => {
  skipUnless(mode !== 'plain', NEEDS_NAMESPACES)

  it('is gone when the emulator is closed, whatever its sandboxes were doing', async () => {
    const under = await start([confined(), {}])
    const stateDir = join(under.folder, 'state')
    const controllers = controllersIn(stateDir)
    await startDaemon(under, uniquePath())
    const busy = under.run('probe', { sleep: 60_000 }).catch(() => {})
    await expect.poll(() => stateOf(under, 'probe')).toBe('invoking')
    await expect.poll(() => stateOf(under, 'confined')).toBe('frozen')
    await under.emulator.prepared('confined')
    const during = tracesOf(stateDir, controllers)
    // They are mounted where only the sandbox sees them.
    expect(during.mounts).toEqual([])
    expect(during.processes.length).toBeGreaterThanOrEqual(3)
    if (levelOf('/tmp size') === 'strongest') expect(during.loops.length).toBeGreaterThanOrEqual(3)
    if (levelOf('memory') === 'strongest') expect(during.controlGroups.length).toBeGreaterThan(0)
    await under.emulator.close()
    await busy
    // The kernel frees a loop device a moment after its last user is gone.
    await expect.poll(() => tracesOf(stateDir, controllers)).toEqual(NO_TRACES)
  })

  it('is gone when sandboxes are evicted, but for what was made ahead', async () => {
    const under = await start([confined()])
    const stateDir = join(under.folder, 'state')
    await under.emulator.prepared('confined')
    const ahead = tracesOf(stateDir, controllersIn(stateDir))
    const sizes = ({ loops, controlGroups, processes }: typeof ahead) => ({
      loops: loops.length,
      controlGroups: controlGroups.length,
      processes: processes.length,
    })
    for (let round = 0; round < 3; round += 1) {
      await ask(under, { size: '/tmp' })
      await under.emulator.evict()
    }
    await under.emulator.prepared('confined')
    await expect
      .poll(() => sizes(tracesOf(stateDir, controllersIn(stateDir))))
      .toEqual(sizes(ahead))
  })

  it('is nothing of a sandbox that could not be made, which is an error with its reason', async () => {
    const under = await start([])
    const { emulator, folder } = under
    const stateDir = join(folder, 'state')
    const controllers = controllersIn(stateDir)
    const before = tracesOf(stateDir, controllers)
    const rootDir = join(folder, 'code')
    cpSync(HANDLERS, rootDir, { recursive: true })
    await emulator.deploy({ name: 'confined', handler: 'isolation.handler', rootDir })
    await emulator.prepared('confined')
    rmSync(rootDir, { recursive: true })
    const results = await Promise.allSettled(
      [1, 2, 3].map(() => under.run('confined', { size: '/tmp' })),
    )
    // One of them found what was made ahead, and its own code gone.
    const refused = results.filter(({ status }) => status === 'rejected')
    expect(refused).toHaveLength(2)
    for (const { reason } of refused as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({
        code: 'SandboxUnavailable',
        message: expect.stringMatching(
          /^The sandbox could not be run: Sandbox \w+: The namespaces could not be made: mount: .*does not exist\.$/,
        ),
      })
      expect(reason.message).toContain(rootDir)
    }
    await emulator.evict()
    await expect
      .poll(() => withoutWatchdog(tracesOf(stateDir, controllers)))
      .toEqual({ ...before, mounts: [], loops: [], processes: [] })
  })
})
