import type { Clock, TimerHandle } from '../../kernel/clock.ts'
import { BYTES_PER_MB } from '../../kernel/units.ts'
import type { ResourceLimits } from '../../sandbox/resource-limits.ts'
import type { ExceededLimit } from '../../sandbox/sandbox.ts'
import { runDutyCycle } from './cpu-duty-cycle.ts'
import { watchMemory } from './memory-watch.ts'
import { watchProcessCount } from './process-count-watch.ts'
import type { LaunchedRuntime, Space } from './space.ts'
import { watchTmp } from './tmp-watch.ts'
import type { Watch } from './watch.ts'

export interface EnforcementInput {
  readonly runtime: LaunchedRuntime
  readonly space: Space
  readonly limits: ResourceLimits
  /** Whether CPU is in proportion to memory. */
  readonly limitsCpu: boolean
  /** Whether processes can be watched. */
  readonly canWatch: boolean
  readonly clock: Clock
}

/** How often the kernel is asked whether it has killed for lack of memory, microseconds. */
const OOM_LOOK_US = 50_000

/**
 * Keeps one runtime to its limits: has the kernel do it where it can, and watches the rest while the
 * runtime is awake. What goes beyond a limit is killed.
 */
export class Enforcement {
  readonly #input: EnforcementInput
  #exceeded: ExceededLimit | undefined
  #watches: readonly Watch[] = []
  #isCpuLimited = false
  #isAwake = false
  /** Kills of runtimes that the sandbox had before. */
  readonly #earlierOomKills: number

  constructor(input: EnforcementInput) {
    this.#input = input
    this.#earlierOomKills = input.runtime.oomKills() ?? 0
  }

  /** Which limit the runtime was killed for; `undefined` when it was not. */
  exceeded(): ExceededLimit | undefined {
    if (this.#exceeded === undefined && this.#hasKernelKilled()) this.#exceeded = 'memory'
    return this.#exceeded
  }

  /** It runs from now on: while starting, or while it serves an invocation. */
  awake(): void {
    if (this.#isAwake) return
    this.#isAwake = true
    this.#watches = [...this.#limitWatches(), ...this.#dutyCycle()]
  }

  /** It is idle, and about to be frozen; or gone. */
  asleep(): void {
    this.#isAwake = false
    for (const watch of this.#watches) watch.stop()
    this.#watches = []
  }

  /** Init is over: CPU is limited from now on, for the rest of its life. */
  limitCpu(): void {
    const { runtime, limits, limitsCpu, space } = this.#input
    if (!limitsCpu || this.#isCpuLimited) return
    this.#isCpuLimited = true
    if (space.kernelLimits.cpu) runtime.limitCpu(limits.cpuShare)
    else if (this.#isAwake) this.#watches = [...this.#watches, ...this.#dutyCycle()]
  }

  #limitWatches(): Watch[] {
    const { runtime, space, limits, clock, canWatch } = this.#input
    const members = (): readonly number[] => runtime.members()
    const kill = (limit: ExceededLimit) => () => this.#kill(limit)
    const watches: Watch[] = []
    const { kernelLimits, watchedTmpPath: path } = space
    if (kernelLimits.memory) watches.push(this.#watchOomKills())
    else if (canWatch) {
      const limitBytes = limits.memoryMb * BYTES_PER_MB
      watches.push(watchMemory({ members, limitBytes, clock, onExceeded: kill('memory') }))
    }
    if (path !== undefined && !kernelLimits.tmp) {
      const limitBytes = limits.tmpMb * BYTES_PER_MB
      watches.push(watchTmp({ path, limitBytes, clock, onExceeded: kill('tmp') }))
    }
    if (!kernelLimits.processes && canWatch) {
      const limit = limits.processes
      watches.push(watchProcessCount({ members, limit, clock, onExceeded: kill('processes') }))
    }
    return watches
  }

  #dutyCycle(): Watch[] {
    const { runtime, space, limits, clock } = this.#input
    if (!this.#isCpuLimited || space.kernelLimits.cpu) return []
    return [runDutyCycle({ members: () => runtime.members(), share: limits.cpuShare, clock })]
  }

  /** The kernel may have killed a child only; on Lambda the whole sandbox goes. */
  #watchOomKills(): Watch {
    const { clock } = this.#input
    let timer: TimerHandle | undefined
    const arm = (): void => {
      timer = clock.setTimer(clock.nowUs() + OOM_LOOK_US, () => {
        if (this.#hasKernelKilled()) this.#kill('memory')
        else arm()
      })
    }
    arm()
    return { stop: () => timer?.cancel() }
  }

  #hasKernelKilled(): boolean {
    return (this.#input.runtime.oomKills() ?? 0) > this.#earlierOomKills
  }

  #kill(limit: ExceededLimit): void {
    this.#exceeded ??= limit
    this.#input.runtime.kill()
  }
}
