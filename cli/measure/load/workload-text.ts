import type { WorkloadSummary } from '../results/load-result.ts'
import type { Rate, Workload } from './workload.ts'

/** What the workload is called, and what a person is told of it. */
export function workloadSummary(workload: Workload, planned: number | null): WorkloadSummary {
  const { loop, durationMs } = workload
  return {
    loop,
    arrivals: arrivalsName(workload),
    text: workloadText(workload),
    durationMs,
    planned,
  }
}

function arrivalsName(workload: Workload): string {
  if (workload.loop === 'closed') return 'closed'
  const { rate, spacing } = workload
  return rate.kind === 'constant' && spacing === 'poisson' ? 'poisson' : rate.kind
}

function workloadText(workload: Workload): string {
  const time = seconds(workload.durationMs)
  if (workload.loop === 'closed') {
    const callers = workload.concurrency === 1 ? 'one caller' : `${workload.concurrency} callers`
    return `closed loop: ${callers} for ${time}`
  }
  const spacing = workload.spacing === 'even' ? 'evenly spaced' : 'Poisson'
  return `${rateText(workload.rate, workload.durationMs)}, ${spacing}`
}

function rateText(rate: Rate, durationMs: number): string {
  const time = seconds(durationMs)
  switch (rate.kind) {
    case 'constant':
      return `${number(rate.perSecond)}/s for ${time}`
    case 'ramp':
      return `${number(rate.fromPerSecond)}/s to ${number(rate.toPerSecond)}/s over ${time}`
    case 'step':
      return `${rate.perSecond.map(number).join(', ')}/s for ${seconds(durationMs / rate.perSecond.length)} each`
    case 'burst':
      return `${number(rate.perSecond)}/s for ${time} and ${number(rate.size)} at once every ${seconds(rate.everyMs)}`
    case 'trace':
      return `a trace of ${time}`
  }
}

const number = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 3 })

const seconds = (ms: number): string =>
  ms >= 60_000 && ms % 60_000 === 0
    ? `${number(ms / 60_000)} min`
    : ms < 1_000
      ? `${number(ms)} ms`
      : `${number(ms / 1_000)} s`
