import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  eventually,
  killMembers,
  sumIn,
  writeControl,
  writeControlLater,
} from './control-group-files.ts'

/** Freezes and kills what is in a group, with the files that every group of version 2 has. */
export interface Core {
  /** The `cgroup.procs` file of what is frozen and killed. */
  readonly entry: string
  adopt(pid: number): Promise<void>
  freeze(): Promise<boolean>
  thaw(): void
  /** Leaves the group thawed. */
  kill(): void
}

/** `cgroup.freeze` is there from Linux 5.2 on, in every group but the root's. */
export const canFreeze = (directory: string): boolean =>
  existsSync(join(directory, 'cgroup.freeze'))

/** `cgroup.kill` is there from Linux 5.14 on. */
export const hasKillFile = (directory: string): boolean =>
  existsSync(join(directory, 'cgroup.kill'))

/** @param canKill whether the kernel kills a group by itself; otherwise its members are killed one by one. */
export function coreOf(directory: string, canKill: boolean): Core {
  const file = (name: string): string => join(directory, `cgroup.${name}`)
  const write = (name: string, text: string): void => writeControl(file(name), text)
  let isFreezing = false
  const thaw = (): void => {
    isFreezing = false
    write('freeze', '0')
  }
  return {
    entry: file('procs'),
    adopt: (pid) => writeControlLater(file('procs'), String(pid)),
    freeze: async () => {
      isFreezing = true
      await writeControlLater(file('freeze'), '1')
      // Killed meanwhile: that has thawed it, and it has to stay so.
      if (!isFreezing) thaw()
      let isFrozen = false
      // A group that is thawed or removed meanwhile will never be frozen: do not wait for it.
      await eventually(() => {
        const frozen = isFreezing ? sumIn(file('events'), ['frozen']) : undefined
        isFrozen = frozen === 1
        return frozen !== 0
      })
      return isFrozen
    },
    thaw,
    kill: () => {
      if (canKill) write('kill', '1')
      else {
        // Frozen first, so that nobody starts another process while the members are gone through.
        write('freeze', '1')
        killMembers(directory)
      }
      // Or who is adopted after a reset would find itself frozen.
      thaw()
    },
  }
}
