import type {
  SimulatedWorkloadSummary,
  SimulateResult,
  SimulationRules,
} from '../../measure/results/simulate-result.ts'
import type { Colours } from '../colours.ts'
import { counted } from '../counted.ts'
import { timeText } from './time-text.ts'

/** What was simulated, with whose times, under which rules, and what was left out of it. */
export function simulateHeading(result: SimulateResult, paint: Colours): string {
  const { environment, seed, workload, latency, rules, warnings } = result
  const { cpu, cpuCount, system, arch, node, sandlot, load } = environment
  return [
    paint.dim(`Sandlot ${sandlot}, Node ${node}, seed ${seed}`),
    paint.dim(`${cpuCount} × ${cpu}, ${system} ${arch}, load ${load.toFixed(2)}`),
    ...warnings
      .flatMap((text) => wrapped(`note: ${text}`, WIDTH))
      .map((line) => paint.yellow(line)),
    ...workload.skipped
      .flatMap((text) => wrapped(`workload: ${text}`, WIDTH))
      .map((line) => paint.yellow(line)),
    '',
    ...wrapped(workload.text, WIDTH).map((line) => paint.bold(line)),
    ...sizeLines(workload),
    ...labelled('times', latency.text),
    ...labelled('rules', rulesTexts(rules).join(', ')),
  ].join('\n')
}

/** None where the text of the workload says it already. */
function sizeLines({ text, functions, planned, durationMs }: SimulatedWorkloadSummary): string[] {
  const counts = [
    counted(functions, 'function'),
    ...(planned === null ? [] : [counted(planned, 'invocation')]),
  ]
  if (counts.every((each) => text.includes(each))) return []
  return [[...counts, timeText(durationMs)].join(', ')]
}

const WIDTH = 100
const LABEL_WIDTH = 8

const labelled = (label: string, text: string): string[] =>
  wrapped(text, WIDTH - LABEL_WIDTH).map((line, index) => {
    return `${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`
  })

/** Broken between words; a word that is longer stands by itself. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`
    } else lines.push(word)
  }
  return lines
}

export function rulesTexts(rules: SimulationRules): string[] {
  const { accountConcurrency, memoryBudgetMb, reuse, maxAgeMs, maxInvocations, rates } = rules
  return [
    `account concurrency ${accountConcurrency.toLocaleString('en-US')}`,
    rates === 'lambda' ? "Lambda's rates" : 'no limits of rates',
    memoryBudgetMb === null ? 'no memory budget' : `memory budget ${memoryText(memoryBudgetMb)}`,
    `reuse of the ${reuse === 'most-recent' ? 'most recently' : 'least recently'} used`,
    recyclingText(maxAgeMs, maxInvocations),
  ]
}

function recyclingText(
  maxAgeMs: SimulationRules['maxAgeMs'],
  maxInvocations: number | null,
): string {
  const limits = [
    ...(maxAgeMs === null ? [] : [ageText(maxAgeMs)]),
    ...(maxInvocations === null ? [] : [counted(maxInvocations, 'invocation')]),
  ]
  return limits.length === 0 ? 'never recycled' : `recycled after ${limits.join(' or ')}`
}

const ageText = ({ least, most }: { least: number; most: number }): string =>
  least === most ? timeText(least) : `${timeText(least)} to ${timeText(most)}`

/** `16 GB` where it is whole. */
const memoryText = (mb: number): string =>
  mb % 1_024 === 0
    ? `${(mb / 1_024).toLocaleString('en-US')} GB`
    : `${mb.toLocaleString('en-US')} MB`
