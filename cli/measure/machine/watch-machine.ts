import { type Environment, loadNow } from '../environment.ts'
import { readLine } from './read-line.ts'

/** Begins to look at what others do on this machine; what is returned tells it at the end. */
export function watchMachine(): () => Pick<Environment, 'loadAfter' | 'stealShare'> {
  const before = cpuTicks()
  return () => ({ loadAfter: loadNow(), stealShare: stealBetween(before, cpuTicks()) })
}

export interface CpuTicks {
  readonly total: number
  readonly steal: number
}

export function stealBetween(before: CpuTicks | null, after: CpuTicks | null): number | null {
  if (before === null || after === null) return null
  const passed = after.total - before.total
  return passed <= 0 ? null : (after.steal - before.steal) / passed
}

const cpuTicks = (): CpuTicks | null => ticksFrom(readLine('/proc/stat'))

/** From the first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal, … */
export function ticksFrom(line: string | null): CpuTicks | null {
  // What guests use is in `user` and `nice` already.
  const ticks = line?.split(/\s+/).slice(1, 9).map(Number) ?? []
  const steal = ticks[7]
  return steal === undefined ? null : { total: ticks.reduce((sum, each) => sum + each, 0), steal }
}
