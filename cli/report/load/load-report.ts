import type { LoadResult, Validity } from '../../measure/results/load-result.ts'
import type { Colours } from '../colours.ts'
import { costLine } from '../cost/cost-text.ts'
import { counted } from '../counted.ts'
import { formatMs } from '../format.ts'
import { loadCourses } from './load-courses.ts'
import { outcomeTable, reasonLines } from './load-outcomes.ts'

/** All that came of a load test, as text of at most 100 columns. */
export function loadReport(result: LoadResult, paint: Colours): string {
  const parts = [
    validityLines(result, paint),
    [outcomeTable(result, paint), ...notes(result, paint)].join('\n'),
    reasonLines(result, paint).join('\n'),
    loadCourses(result.seconds, paint),
    [...reconciliationLines(result, paint), ...costLines(result, paint)].join('\n'),
  ]
  const text = parts.filter((part) => part !== '').join('\n\n')
  // Tables pad their last column too.
  return text.replaceAll(/ +$/gm, '')
}

function validityLines({ validity, workload }: LoadResult, paint: Colours): string {
  const generator = `  ${paint.dim(`generator: ${generatorText(validity)}`)}`
  if (validity.valid) {
    const loop = workload.loop === 'closed' ? `${paint.yellow('closed loop')}, ` : ''
    return [`${paint.green('VALID')} ${loop}${sendingText(validity)}`, generator].join('\n')
  }
  const verdict = "the generator did not keep to its plan: the times are not the target's alone"
  const reasons = validity.reasons.map((reason) => `  ${paint.red(reason)}`)
  const sending = `  ${paint.dim(sendingText(validity))}`
  return [`${paint.red('INVALID')} ${verdict}`, ...reasons, sending, generator].join('\n')
}

function sendingText({ plannedPerSecond, achievedPerSecond, lagMs }: Validity): string {
  const sent = `sent ${rate(achievedPerSecond)}/s`
  if (plannedPerSecond === null) return sent
  const { p50, p90, p99, max } = lagMs
  const late = p99 !== null ? `p99 ${ms(p99)}` : p90 !== null ? `p90 ${ms(p90)}` : `p50 ${ms(p50)}`
  return `${sent} of ${rate(plannedPerSecond)}/s, late by ${late}, max ${ms(max)}`
}

function generatorText({ eventLoopDelayMs, generatorCpu, dropped }: Validity): string {
  const drops = dropped === 0 ? '' : `, ${counted(dropped, 'request')} dropped`
  const busy = `${Math.round(generatorCpu * 100)} % of a core`
  return `event loop late by p99 ${ms(eventLoopDelayMs.p99)}, ${busy}${drops}`
}

const ms = (value: number | null): string =>
  value === null ? formatMs(undefined) : `${formatMs(value)} ms`

const rate = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 1 : 0 })

function notes({ workload, outcomes }: LoadResult, paint: Colours): string[] {
  const lines = [
    workload.loop === 'closed'
      ? 'times are from the send: a closed loop has no planned instants'
      : 'response: from the planned instant to the answer; service: from the send',
  ]
  const isFew = outcomes.some(({ latencies }) => latencies.responseMs.p99 === null)
  if (isFew) lines.push('–  too few samples for ten to lie beyond it')
  return lines.map((line) => paint.dim(line))
}

function reconciliationLines({ reconciliation }: LoadResult, paint: Colours): string[] {
  if (reconciliation === null) {
    return [paint.dim('counts: those of the generator only, the target is not ours')]
  }
  const { differences, rows } = reconciliation
  if (differences.length > 0) {
    return [paint.red('counts do not agree:'), ...differences.map((text) => `  ${paint.red(text)}`)]
  }
  const shown = rows
    .filter(({ what }) => what !== 'billed ms')
    .map(({ what, generator }) => `${generator?.toLocaleString('en-US')} ${what}`)
  return [
    `${paint.green('counts agree')} ${paint.dim(`${shown.join(', ')}: generator, controller and sandboxes`)}`,
  ]
}

function costLines({ cost }: LoadResult, paint: Colours): string[] {
  if (cost === null) return []
  const what = `${counted(cost.requests, 'request')}, ${cost.region}, ${cost.architecture}`
  return [`cost on AWS  ${costLine(cost)}  ${paint.dim(what)}`]
}
