import { describe, expect, it } from 'vitest'
import { createEmulator } from '../../../runtime/emulator.ts'
import { skipUnless } from '../../support/skip-unless.ts'
import { NO_TRACES, tracesOf } from './isolation-lab.ts'
import { controllersIn, isOpen, serveAndLoad, watchdogOf } from './killed-controller.ts'
import { isRunning } from './use-emulator.ts'

describe('a controller that is killed by SIGKILL', () => {
  skipUnless(process.platform === 'linux', 'needs /proc, to find what has left its process group')

  it('leaves no process, no directory, no port and nothing in the kernel', async () => {
    const { server, stateDir, pids, port } = await serveAndLoad()
    const controllers = controllersIn(stateDir)
    server.kill('SIGKILL')
    await server
    await expect.poll(() => pids.filter(isRunning), { timeout: 20_000 }).toEqual([])
    await expect.poll(() => controllersIn(stateDir), { timeout: 20_000 }).toEqual([])
    expect(await isOpen(port)).toBe(false)
    await expect.poll(() => tracesOf(stateDir, controllers), { timeout: 20_000 }).toEqual(NO_TRACES)
  })

  it('together with its watchdog leaves what the next start finds and removes', async () => {
    const { server, folder, stateDir, pids } = await serveAndLoad()
    const controllers = controllersIn(stateDir)
    process.kill(watchdogOf(folder), 'SIGKILL')
    server.kill('SIGKILL')
    await server
    const next = await createEmulator({ stateDir })
    expect(next.reaped.controllers).toBe(1)
    await expect.poll(() => pids.filter(isRunning), { timeout: 20_000 }).toEqual([])
    expect(controllersIn(stateDir)).toHaveLength(1)
    await expect
      .poll(() => tracesOf(stateDir, controllers).controlGroups, { timeout: 20_000 })
      .toEqual([])
    await next.close()
    expect(controllersIn(stateDir)).toEqual([])
    await expect.poll(() => tracesOf(stateDir, controllers), { timeout: 20_000 }).toEqual(NO_TRACES)
  })
})
