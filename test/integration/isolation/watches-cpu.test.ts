import { availableParallelism } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { runDutyCycle } from '../../../runtime/host/isolation/cpu-duty-cycle.ts'
import { cpuTicks } from '../../../runtime/host/isolation/process-figures.ts'
import type { Watch } from '../../../runtime/host/isolation/watch.ts'
import { linuxFactsOf } from '../../../runtime/host/process-identity.ts'
import { systemClock } from '../../../runtime/host/system-clock.ts'
import { skipUnless } from '../../support/skip-unless.ts'
import { type Started, until, useProcesses } from './started.ts'

const BUSY = 'console.log("runs"); for (;;);'
/** Says when it is continued after it was stopped. */
const TELLS = 'process.on("SIGCONT", () => console.log("continued")); console.log("runs");'

describe('the duty cycle', () => {
  skipUnless(process.platform === 'linux', 'needs /proc, to see what others spend')
  const start = useProcesses()
  const watches: Watch[] = []
  afterEach(() => {
    for (const watch of watches.splice(0)) watch.stop()
  })

  function ration({ members }: Started, share: number): Watch {
    const watch = runDutyCycle({ members, share, clock: systemClock })
    watches.push(watch)
    return watch
  }

  const isStopped = (pid: number): boolean => linuxFactsOf(pid)?.state === 'T'
  const startNode = async (code: string): Promise<Started> => {
    const started = start(process.execPath, '-e', code)
    await started.printed('runs')
    return started
  }

  const spentBy = (programs: readonly Started[]) => programs.map(({ pid }) => cpuTicks(pid))

  /** What each spends in the same stretch of time, in which all spend something worth comparing. */
  async function spentTogether(programs: readonly Started[]): Promise<number[]> {
    const before = spentBy(programs)
    const spent = () => spentBy(programs).map((ticks, index) => ticks - (before[index] ?? 0))
    await until(() => spent().every((ticks) => ticks >= 15))
    return spent()
  }

  /** What two programs spend at these shares: how many times as much the first as the second. */
  async function ratioAt(shares: readonly [number, number], programs: readonly Started[]) {
    for (const [index, program] of programs.entries()) ration(program, shares[index] ?? 0)
    // The first ticks of a program are not seen, and its first ration is a present.
    await spentTogether(programs)
    const [more = 0, less = 0] = await spentTogether(programs)
    return more / less
  }

  it('gives a busy loop twice what it gives one of half the share', async () => {
    const programs = [await startNode(BUSY), await startNode(BUSY)]
    const ratio = await ratioAt([0.3, 0.15], programs)
    expect(ratio).toBeGreaterThan(1.5)
    expect(ratio).toBeLessThan(2.5)
  })

  // A machine that is busy with other things hides more of the children: then it is looked at again.
  it('counts what short-lived children spend', { retry: 3 }, async () => {
    const loop = 'echo runs; while :; do (i=0; while [ $i -lt 500 ]; do i=$((i+1)); done); done'
    const programs = [start('sh', '-c', loop), start('sh', '-c', loop)]
    for (const program of programs) await program.printed('runs')
    // Uncounted, both would spend the same; of very short ones some is not seen.
    expect(await ratioAt([0.3, 0.1], programs)).toBeGreaterThan(1.3)
  })

  it('does not stop one that waits', async () => {
    const busy = await startNode(
      `${TELLS} setInterval(() => { for (let i = 0; i < 1e6; i++); }, 1)`,
    )
    const waits = await startNode(
      `${TELLS} let n = 0; setInterval(() => { if (++n === 100) console.log("done") }, 5)`,
    )
    ration(busy, 0.05)
    ration(waits, 0.25)
    await Promise.all([waits.printed('done'), busy.printed('continued')])
    expect(waits.lines).not.toContain('continued')
  })

  it('stops the children too, also those of another session, and leaves everything running', async () => {
    const parent = await startNode(
      `const { spawn } = require("child_process");
       for (const detached of [true, false]) spawn(process.execPath, ["-e", "for (;;);"], { detached });
       console.log("runs"); for (;;);`,
    )
    await until(() => parent.members().length === 3)
    const members = parent.members()
    const watch = ration(parent, 0.01)
    await until(() => members.every(isStopped))
    watch.stop()
    await until(() => !members.some(isStopped))
    const before = members.map(cpuTicks)
    await until(() => members.every((pid, index) => cpuTicks(pid) > (before[index] ?? 0)))
    for (const pid of members) process.kill(pid, 'SIGKILL')
  })

  it('stops what is started after it has begun', async () => {
    const parent = await startNode(
      `console.log("runs"); setTimeout(() => {
         require("child_process").spawn(process.execPath, ["-e", "for (;;);"]) }, 100)`,
    )
    ration(parent, 0.05)
    await until(() => parent.members().slice(1).some(isStopped))
  })

  it('does nothing for a share of all CPUs of the machine', async () => {
    const busy = await startNode(BUSY)
    let looks = 0
    const members = () => {
      looks += 1
      return busy.members()
    }
    const share = availableParallelism()
    watches.push(runDutyCycle({ members, share, clock: systemClock }))
    const before = cpuTicks(busy.pid)
    await until(() => cpuTicks(busy.pid) > before + 5)
    expect(looks).toBe(0)
  })
})
