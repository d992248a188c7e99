import type { Emulator } from '../../../runtime/emulator.ts'
import { SandlotError } from '../../../runtime/kernel/errors.ts'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import { type Cost, costOf } from '../cost/cost.ts'
import { PRICED_REGIONS } from '../cost/prices.ts'
import { type Environment, environment, isBusy } from '../environment.ts'
import { watchMachine } from '../machine/watch-machine.ts'
import type { LoadResult, SecondRow, WorkloadSummary } from '../results/load-result.ts'
import { countInstants, plannedInstants } from './arrivals.ts'
import { GeneratorChild } from './generator-child.ts'
import type { GeneratorReport } from './generator-messages.ts'
import type { LoadPlan } from './load-plan.ts'
import { type OpenTarget, openTarget } from './open-target.ts'
import { reconcile } from './reconciliation.ts'
import { validityOf } from './validity.ts'
import { workloadSummary } from './workload-text.ts'

export interface LoadHooks {
  /** All is ready; requests are sent from now on. */
  readonly onBegin?: ((workload: WorkloadSummary) => void) | undefined
  readonly onSecond?: ((row: SecondRow) => void) | undefined
  /** Hears of the controller, where there is one, before the first request. */
  readonly onEmulator?: ((emulator: Emulator) => void) | undefined
  /** Nothing more is sent; the result has what was measured until then. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Carries out a load test. The controller, where the target is a function, is in this process; the
 * requests come from a process of their own, so that neither delays the other. Nothing of it is left
 * when this ends, however it ends.
 *
 * @throws SandlotError for a function that cannot be deployed here; `Closing` when `signal` comes
 *   before the first request.
 */
export async function load(plan: LoadPlan, hooks: LoadHooks = {}): Promise<LoadResult> {
  const rows: SecondRow[] = []
  let target: OpenTarget | undefined
  const generator = new GeneratorChild((row) => {
    const withSandboxes = { ...row, sandboxes: target?.own?.sandboxes() ?? null }
    rows.push(withSandboxes)
    hooks.onSecond?.(withSandboxes)
  })
  try {
    target = await openTarget(plan.target, (emulator) => hooks.onEmulator?.(emulator))
    return await measure(plan, hooks, target, generator, rows)
  } finally {
    await generator.end()
    await target?.close()
  }
}

async function measure(
  plan: LoadPlan,
  { onBegin, signal }: LoadHooks,
  target: OpenTarget,
  generator: GeneratorChild,
  rows: readonly SecondRow[],
): Promise<LoadResult> {
  const { workload, seed, maxInFlight } = plan
  const { request, patienceMs } = target
  await generator.prepare({ request, workload, seed, maxInFlight, patienceMs })
  if (signal?.aborted === true) {
    throw new SandlotError('Closing', 'Interrupted before anything was measured')
  }
  const summary = workloadSummary(workload, plannedOf(plan))
  const before = environment(target.own?.confinement ?? null, { folder: target.own?.folder })
  const watched = watchMachine()
  const startedAt = new Date().toISOString()
  onBegin?.(summary)
  const stop = (): void => generator.stop()
  signal?.addEventListener('abort', stop)
  const report = await generator.run().finally(() => signal?.removeEventListener('abort', stop))
  const counts = target.own?.counts() ?? null
  const machine = { ...before, ...watched() }
  return {
    schema: 'sandlot-load',
    schemaVersion: 1,
    startedAt,
    complete: report.complete,
    seed,
    target: target.summary,
    workload: summary,
    environment: machine,
    warnings: warningsOf(plan, target, machine),
    validity: validityOf(report, {
      durationMs: workload.durationMs,
      allowDrops: plan.allowDrops,
    }),
    outcomes: report.outcomes,
    answered: report.answered,
    seconds: rows,
    reconciliation: counts === null ? null : reconcile(report.counts, counts),
    cost: costFrom(plan, target, report, machine),
  }
}

const plannedOf = ({ workload, seed }: LoadPlan): number | null =>
  workload.loop === 'closed' ? null : countInstants(plannedInstants(workload, seededRandom(seed)))

function warningsOf({ workload }: LoadPlan, { own }: OpenTarget, machine: Environment): string[] {
  const warnings = [...(own?.warnings ?? [])]
  if (workload.loop === 'closed') warnings.push(CLOSED_WARNING)
  if (isBusy(machine)) {
    warnings.push(`The machine had other things to do: load average ${machine.load.toFixed(1)}`)
  }
  return warnings
}

const CLOSED_WARNING =
  'Closed loop: whoever waits for an answer asks nothing, so a slow target is asked less and waiting is hidden'

/** Of what ran; throttles cost nothing. `null` where memory size or prices are not known. */
function costFrom(
  { region }: LoadPlan,
  { own }: OpenTarget,
  { counts }: GeneratorReport,
  { arch }: Environment,
): Cost | null {
  const memorySizeMb = own?.config.memorySizeMb ?? counts.memorySizeMb
  if (memorySizeMb === undefined || !PRICED_REGIONS.includes(region)) return null
  const billed = own?.counts() ?? counts
  return costOf({
    region,
    architecture: own !== null && arch === 'arm64' ? 'arm64' : 'x86_64',
    memorySizeMb,
    ephemeralStorageMb: own?.config.ephemeralStorageMb ?? 512,
    requests: billed.ran,
    billedMs: billed.billedMs,
    freeTier: false,
    decimalGb: false,
  })
}
