import { type Environment, isBusy } from '../environment.ts'
import type { VariantResult } from '../results/bench-result.ts'
import { isSupported, quantile } from '../statistics/quantiles.ts'

/** Of the CPU time, given to others by the hypervisor. */
const MOST_STEAL = 0.01
/** By how much the medians of the first and the last runs may differ. */
const MOST_DRIFT = 0.1
/** Fewer have no thirds worth the name. */
const LEAST_RUNS_FOR_DRIFT = 6

/** What makes the figures less certain, for a person to read. */
export function noiseWarnings(machine: Environment, variants: readonly VariantResult[]): string[] {
  return [...aboutMachine(machine), ...variants.flatMap(aboutDrift)]
}

function aboutMachine(machine: Environment): string[] {
  const { load, loadAfter, cpuCount, stealShare, onBattery, governor } = machine
  const lines: string[] = []
  if (isBusy(machine)) {
    lines.push(`the machine was busy before: load ${load.toFixed(2)} on ${cpuCount} CPUs`)
  }
  // The benchmark itself keeps one of them busy, and its start another for a moment.
  if (loadAfter !== null && isBusy({ load: loadAfter - 1.5, cpuCount })) {
    lines.push(`the machine was busy meanwhile: load ${loadAfter.toFixed(2)} on ${cpuCount} CPUs`)
  }
  if (stealShare !== null && stealShare > MOST_STEAL) {
    lines.push(`the hypervisor gave ${(stealShare * 100).toFixed(1)} % of the CPU time to others`)
  }
  if (onBattery === true) lines.push('the machine runs on its battery')
  if (governor === 'powersave') lines.push("the CPU governor is 'powersave'")
  return lines
}

/** A machine that becomes warm, or full, makes the later runs slower than the first. */
function aboutDrift({ label, series }: VariantResult): string[] {
  return (['cold', 'warm'] as const).flatMap((name) => {
    const runs = series[name].runsMs.filter(({ length }) => length > 0)
    if (runs.length < LEAST_RUNS_FOR_DRIFT) return []
    const third = Math.floor(runs.length / 3)
    const [early, late] = [runs.slice(0, third).flat(), runs.slice(-third).flat()]
    const [first, last] = [quantile(early, 0.5), quantile(late, 0.5)]
    const isEnough = [early, late].every(({ length }) => isSupported(length, 0.5))
    if (first === undefined || last === undefined || !isEnough) return []
    const drift = last / first - 1
    if (Math.abs(drift) <= MOST_DRIFT) return []
    const percent = Math.round(Math.abs(drift) * 100)
    const kind = drift > 0 ? 'slower' : 'faster'
    return [`${label}, ${name}: the last third of the runs was ${percent} % ${kind} than the first`]
  })
}
