import { availableParallelism } from 'node:os'
import type { Clock } from '../../kernel/clock.ts'
import { US_PER_MS } from '../../kernel/units.ts'
import { signalProcess } from '../process-group.ts'
import { CpuAccount } from './cpu-account.ts'
import { type CpuBudget, decideDuty, fullBudget } from './cpu-duty-policy.ts'
import { type Watch, watch } from './watch.ts'

export interface DutyCycleInput {
  /** All processes of the sandbox. */
  readonly members: () => readonly number[]
  /** CPU time per time; more than 1 means more than one CPU. */
  readonly share: number
  readonly clock: Clock
}

/** The tree may run freely until its CPU time is first read. */
const FIRST_LOOK_US = US_PER_MS
/** Listings at most when stopping: each finds what the ones found before have started meanwhile. */
const MAX_SWEEPS = 5

/**
 * Gives a process tree a share of the CPU by stopping and continuing it: for machines that cannot ration
 * it. One that waits is never stopped. When it ends, everything runs. Linux only: elsewhere it does nothing.
 *
 * Whoever stops the tree for other reasons ends this before and starts a new one after.
 *
 * On a small machine it costs the controller 1 to 3 % of a CPU for a sandbox that waits and 4 to 6 % for
 * one that it throttles. Most of that is waking up: a look at the busy threads takes 10 µs each; one at
 * all of them 0.1 ms for a Node process and what `members` costs, once or twice in 20 ms, in 80 ms for
 * one that waits.
 */
export function runDutyCycle({ members, share, clock }: DutyCycleInput): Watch {
  const limit = { share, cpus: availableParallelism() }
  if (share >= limit.cpus || process.platform !== 'linux') return { stop: () => {} }
  const stopped = new Set<number>()
  let account: CpuAccount | undefined
  let budget: CpuBudget | undefined
  let spentUs = 0
  const cycle = watch(clock, FIRST_LOOK_US, () => {
    const nowUs = clock.nowUs()
    if (account === undefined || budget === undefined) {
      account = new CpuAccount(members())
      budget = fullBudget(nowUs, limit)
    } else {
      const beforeUs = spentUs
      spentUs = nowUs >= budget.allDueUs ? account.lookAtAll(members()) : account.lookAtBusy()
      budget = decideDuty(budget, { nowUs, spentUs: spentUs - beforeUs }, limit)
      if (budget.isStopped) stopAll(members, stopped)
      else continueAll(stopped)
    }
    return budget.nextLookUs - clock.nowUs()
  })
  return {
    stop: () => {
      cycle.stop()
      continueAll(stopped)
    },
  }
}

function stopAll(members: () => readonly number[], stopped: Set<number>): void {
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep += 1) {
    const running = members().filter((pid) => !stopped.has(pid))
    if (running.length === 0) return
    for (const pid of running) {
      signalProcess(pid, 'SIGSTOP')
      stopped.add(pid)
    }
  }
}

function continueAll(stopped: Set<number>): void {
  for (const pid of stopped) signalProcess(pid, 'SIGCONT')
  stopped.clear()
}
