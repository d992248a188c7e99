import { describe, expect, it } from 'vitest'
import { createEmulator } from '../../../runtime/emulator.ts'
import { skipUnless } from '../../support/skip-unless.ts'
import { controllersIn, serveAndLoad, watchdogOf } from './killed-controller.ts'
import { isRunning } from './use-emulator.ts'

const KILLS = 10

describe('a controller that is killed again and again', () => {
  skipUnless(process.platform === 'linux', 'needs /proc, to find what has left its process group')

  it.each(Array.from({ length: KILLS }, (_, index) => index))(
    'leaves nothing at all, time %i',
    async (time) => {
      const { server, folder, stateDir, pids } = await serveAndLoad()
      // Every other time its watchdog goes first, and the next start has to see to it.
      const isAlone = time % 2 === 1
      if (isAlone) process.kill(watchdogOf(folder), 'SIGKILL')
      server.kill('SIGKILL')
      await server
      if (isAlone) await (await createEmulator({ stateDir })).close()
      await expect.poll(() => pids.filter(isRunning), { timeout: 20_000 }).toEqual([])
      await expect.poll(() => controllersIn(stateDir), { timeout: 20_000 }).toEqual([])
    },
  )
})
