import { setImmediate as nextTurn } from 'node:timers/promises'
import type { KeepAliveOptions } from '../../../runtime/scheduler/keep-alive/keep-alive.ts'
import { keepAliveText } from '../../../runtime/scheduler/keep-alive/keep-alive-text.ts'
import { Simulation } from '../../../runtime/simulation/simulation.ts'
import type { SimulatedWorkload } from '../../../runtime/simulation/workload.ts'
import { environment } from '../environment.ts'
import { watchMachine } from '../machine/watch-machine.ts'
import type { PolicyResult, SimulateResult } from '../results/simulate-result.ts'
import { type SimulatePlan, settingsFor } from './simulate-plan.ts'
import { simulatedCost } from './simulated-cost.ts'

/** How far it has come. */
export interface Advance {
  readonly policy: string
  /** 0 for the first. */
  readonly index: number
  readonly policies: number
  /** Of this policy's simulation, 0 to 1. */
  readonly share: number
  /** Invocations, of all policies together. */
  readonly arrived: number
}

export interface SimulateHooks {
  readonly onAdvance?: ((advance: Advance) => void) | undefined
  /** Nothing more is simulated; the result has what was simulated until then. */
  readonly signal?: AbortSignal | undefined
}

/** So many events take some tens of milliseconds: then signals and the progress have their turn. */
const EVENTS_AT_ONCE = 20_000

/** Simulates the same workload under one policy after another. */
export async function simulate(
  plan: SimulatePlan,
  hooks: SimulateHooks = {},
): Promise<SimulateResult> {
  const { workload, seed, region, latency, warnings } = plan
  const startedAt = new Date().toISOString()
  const before = environment(null)
  const watched = watchMachine()
  const policies: PolicyResult[] = []
  for (const [index, keepAlive] of plan.policies.entries()) {
    if (policies.length > 0 && hooks.signal?.aborted === true) break
    const arrivedBefore = policies.reduce((sum, { outcome }) => sum + outcome.arrived, 0)
    policies.push(
      await simulatePolicy(plan, keepAlive, {
        signal: hooks.signal,
        onAdvance: (own) => {
          const arrived = arrivedBefore + own.arrived
          hooks.onAdvance?.({ ...own, index, policies: plan.policies.length, arrived })
        },
      }),
    )
  }
  return {
    schema: 'sandlot-simulate',
    schemaVersion: 1,
    startedAt,
    complete:
      policies.length === plan.policies.length && policies.every(({ complete }) => complete),
    seed,
    region,
    workload: {
      text: workload.text,
      functions: workload.functions.length,
      planned: workload.planned ?? null,
      durationMs: workload.durationUs / 1_000,
      skipped: workload.skipped,
    },
    latency,
    rules: plan.rules,
    environment: { ...before, ...watched() },
    warnings,
    policies,
  }
}

interface PolicyHooks {
  readonly onAdvance: (own: Pick<Advance, 'policy' | 'share' | 'arrived'>) => void
  readonly signal: AbortSignal | undefined
}

async function simulatePolicy(
  plan: SimulatePlan,
  keepAlive: KeepAliveOptions,
  { onAdvance, signal }: PolicyHooks,
): Promise<PolicyResult> {
  const policy = keepAliveText(keepAlive)
  const cpuBefore = process.cpuUsage()
  const startedMs = performance.now()
  const simulation = new Simulation(plan.workload, settingsFor(plan, keepAlive))
  let isOver = simulation.run(EVENTS_AT_ONCE)
  while (!isOver && signal?.aborted !== true) {
    const { arrived } = simulation.progress
    onAdvance({ policy, share: shareOf(simulation, plan.workload), arrived })
    await nextTurn()
    isOver = simulation.run(EVENTS_AT_ONCE)
  }
  const outcome = simulation.outcome()
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    policy,
    complete: isOver,
    outcome,
    cost: simulatedCost(outcome, plan.region),
    cpuMs: (user + system) / 1_000,
    elapsedMs: performance.now() - startedMs,
  }
}

/** By invocations where their number is known, by time elsewhere. */
function shareOf({ progress }: Simulation, { durationUs }: SimulatedWorkload): number {
  const { arrived, planned, virtualUs } = progress
  return Math.min(1, planned === undefined ? virtualUs / durationUs : arrived / planned)
}
