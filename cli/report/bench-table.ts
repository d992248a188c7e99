import { PHASE_NAMES, type PhaseName } from '../../runtime/telemetry/phases.ts'
import { WARM_UP_CALLS } from '../measure/bench-plan.ts'
import type { Measured } from '../measure/bench-run.ts'
import { type Environment, isBusy } from '../measure/environment.ts'
import type { Sample } from '../measure/sample.ts'
import { quantile, samplesNeeded, summarise } from '../measure/statistics.ts'
import type { Variant } from '../measure/variants.ts'
import type { Colours } from './colours.ts'
import { formatMs, NOT_SUPPORTED, shortened } from './format.ts'
import { plainTable } from './plain-table.ts'

/** Longer names would push the tables over 100 columns; the second beside sizes of memory. */
const MAX_NAME_WIDTH = 20
const MAX_NAME_WIDTH_WITH_SIZE = 12

/** What was measured on, and in which order. */
export function benchHeading(machine: Environment, seed: number, paint: Colours): string {
  const { cpu, cpuCount, system, arch, node, load, sandlot, isolation, cpuLimit } = machine
  const lines = [
    `Sandlot ${sandlot}, Node ${node}, seed ${seed}`,
    `${cpuCount} × ${cpu}, ${system} ${arch}, load ${load.toFixed(2)}`,
    `Processes confined as '${isolation}', ${CPU_TEXTS[cpuLimit]}`,
  ].map((line) => paint.dim(line))
  if (isBusy(machine))
    lines.push(paint.yellow('The machine is busy with other things: expect noise.'))
  return lines.join('\n')
}

/** At 128 MB a handler that is called without a pause mostly waits for its share. */
const CPU_TEXTS: Readonly<Record<Environment['cpuLimit'], string>> = {
  proportional: 'CPU 7 % at 128 MB and so on (--cpu unlimited: all of it)',
  unlimited: 'CPU unlimited',
}

/** The cold/warm table and the phase split, as text. */
export function benchReport(measured: readonly Measured[], paint: Colours): string {
  const parts = [
    `${latencyTable(measured, paint)}\n${notes(measured, paint).join('\n')}`,
    section('Where a cold start goes', 'cold', measured, paint),
    section('Where a warm invocation goes', 'warm', measured, paint),
  ]
  const text = parts.filter((part) => part !== '').join('\n\n')
  // Tables pad their last column too.
  return text.replaceAll(/ +$/gm, '')
}

function latencyTable(measured: readonly Measured[], paint: Colours): string {
  const head = ['function', 'sandbox', '', 'n', 'p50 ms', 'p90', 'p99', 'max', '']
  const table = plainTable(head, 3, paint)
  for (const { variant, cold, warm } of measured) {
    const { function: name, sandbox } = labels(variant, measured)
    const ratio = paint.dim(ratioText(cold, warm))
    table.push([paint.bold(name), sandbox, paint.cyan('cold'), ...figures(cold, paint), ratio])
    table.push(['', '', paint.yellow('warm'), ...figures(warm, paint), ''])
  }
  return table.toString()
}

function figures(samples: readonly Sample[], paint: Colours): string[] {
  const { n, p50, p90, p99, max } = summarise(totals(samples))
  return [
    n.toLocaleString('en-US'),
    paint.bold(formatMs(p50)),
    formatMs(p90),
    formatMs(p99),
    formatMs(max),
  ]
}

/** How many times longer a cold start takes, at the medians. */
function ratioText(cold: readonly Sample[], warm: readonly Sample[]): string {
  const [coldMs, warmMs] = [cold, warm].map((each) => summarise(totals(each)).p50)
  if (coldMs === undefined || warmMs === undefined) return ''
  return `cold = ${Math.round(coldMs / warmMs)} × warm`
}

function notes(measured: readonly Measured[], paint: Colours): string[] {
  const lines: string[] = []
  const smallest = Math.min(...measured.flatMap(({ cold, warm }) => [cold.length, warm.length]))
  if (smallest < samplesNeeded(0.99)) {
    const needs = [50, 90, 99].map(
      (percent) => `p${percent} needs ${samplesNeeded(percent / 100).toLocaleString('en-US')}`,
    )
    const text = `${NOT_SUPPORTED}  too few samples for ten to lie beyond it: ${needs.join(', ')}`
    lines.push(paint.dim(text))
  }
  const isWarm = measured.some(({ warm }) => warm.length > 0)
  const calls = isWarm ? `, and the first ${WARM_UP_CALLS} warm calls of every sandbox` : ''
  lines.push(paint.dim(`not counted: the first cold start of each${calls}`))
  for (const { variant, failures, misclassified } of measured) {
    const name = Object.values(labels(variant, measured)).join(', ')
    for (const [type, count] of failures) {
      lines.push(paint.red(`${name}: ${count} failed with ${type}, not in the table`))
    }
    if (misclassified > 0) {
      const text = `${name}: ${misclassified} not cold or warm as they were meant to be, left out`
      lines.push(paint.red(text))
    }
  }
  return lines
}

function section(
  title: string,
  kind: 'cold' | 'warm',
  measured: readonly Measured[],
  paint: Colours,
): string {
  if (measured.every(({ [kind]: samples }) => samples.length === 0)) return ''
  return `${paint.bold(title)}${paint.dim(', median ms of each phase')}\n${phaseTable(measured, kind, paint)}`
}

function phaseTable(measured: readonly Measured[], kind: 'cold' | 'warm', paint: Colours): string {
  const shown = PHASE_NAMES.filter((phase) =>
    measured.some(({ [kind]: samples }) => phaseMs(samples, phase).length > 0),
  )
  const table = plainTable(['function', 'sandbox', ...shown], 2, paint)
  for (const { variant, [kind]: samples } of measured) {
    const { function: name, sandbox } = labels(variant, measured)
    const medians = shown.map((phase) => formatMs(quantile(phaseMs(samples, phase), 0.5)))
    table.push([paint.bold(name), sandbox, ...medians])
  }
  return table.toString()
}

const totals = (samples: readonly Sample[]): number[] => samples.map(({ totalMs }) => totalMs)

const phaseMs = (samples: readonly Sample[], name: PhaseName): number[] =>
  samples.flatMap(({ phasesUs: { [name]: us } }) => (us === undefined ? [] : [us / 1_000]))

/** The size is told where it tells variants apart. */
function labels({ target, isolation, memorySizeMb }: Variant, measured: readonly Measured[]) {
  const isOneSize = measured.every(({ variant }) => variant.memorySizeMb === memorySizeMb)
  return {
    function: shortened(target, isOneSize ? MAX_NAME_WIDTH : MAX_NAME_WIDTH_WITH_SIZE),
    sandbox: isOneSize ? isolation : `${isolation} ${memorySizeMb} MB`,
  }
}
