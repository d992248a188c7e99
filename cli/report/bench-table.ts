import pc from 'picocolors'
import type { InvokeResult } from '../../runtime/invoke/invocation.ts'
import { PHASE_NAMES, type PhaseName } from '../../runtime/telemetry/phases.ts'
import type { Measured } from '../measure/bench-run.ts'
import { quantile, summarise } from '../measure/statistics.ts'
import { plainTable } from './plain-table.ts'

const NOT_SUPPORTED = '–'

/** The cold/warm table and the phase split, as text. */
export function benchReport(measured: readonly Measured[]): string {
  return [
    latencyTable(measured),
    ...notes(measured),
    '',
    pc.bold('Where a cold start goes, median ms of each phase'),
    phaseTable(measured, 'cold'),
    '',
    pc.bold('Where a warm invocation goes, median ms of each phase'),
    phaseTable(measured, 'warm'),
  ].join('\n')
}

function latencyTable(measured: readonly Measured[]): string {
  const table = plainTable(['function', 'sandbox', '', 'n', 'p50 ms', 'p90', 'p99', 'max', ''])
  for (const { variant, cold, warm } of measured) {
    for (const [kind, results] of [
      ['cold', cold],
      ['warm', warm],
    ] as const) {
      const { n, p50, p90, p99, max } = summarise(results.map(({ totalMs }) => totalMs))
      const isFirst = kind === 'cold'
      table.push([
        isFirst ? pc.bold(variant.target) : '',
        isFirst ? variant.isolation : '',
        kind === 'cold' ? pc.cyan(kind) : pc.yellow(kind),
        String(n),
        pc.bold(ms(p50)),
        ms(p90),
        ms(p99),
        ms(max),
        isFirst ? pc.dim(ratioText(cold, warm)) : '',
      ])
    }
  }
  return table.toString()
}

/** How many times longer a cold start takes, at the medians. */
function ratioText(cold: readonly InvokeResult[], warm: readonly InvokeResult[]): string {
  const [coldMs, warmMs] = [cold, warm].map((each) => summarise(each.map((r) => r.totalMs)).p50)
  return coldMs === undefined || warmMs === undefined
    ? ''
    : `cold = ${Math.round(coldMs / warmMs)} × warm`
}

function notes(measured: readonly Measured[]): string[] {
  const lines: string[] = []
  const all = measured.flatMap(({ cold, warm }) => [cold.length, warm.length])
  if (all.some((n) => n < 1_000)) {
    const text = `${NOT_SUPPORTED} too few samples: p50 is printed from 20 on, p90 from 100, p99 from 1,000 (10 beyond it)`
    lines.push(pc.dim(text))
  }
  for (const { variant, failures, misclassified } of measured) {
    const name = `${variant.target} (${variant.isolation})`
    for (const [type, count] of failures)
      lines.push(pc.red(`${name}: ${count} × ${type}, not in the table`))
    if (misclassified > 0) {
      lines.push(
        pc.red(`${name}: ${misclassified} not of the kind they were meant to be, left out`),
      )
    }
  }
  return lines
}

function phaseTable(measured: readonly Measured[], kind: 'cold' | 'warm'): string {
  const shown = PHASE_NAMES.filter((phase) =>
    measured.some(({ [kind]: results }) => results.some((result) => hasPhase(result, phase))),
  )
  const table = plainTable(['function', 'sandbox', ...shown], 2)
  for (const { variant, [kind]: results } of measured) {
    const medians = shown.map((phase) => ms(quantile(phaseMs(results, phase), 0.5)))
    table.push([pc.bold(variant.target), variant.isolation, ...medians])
  }
  return table.toString()
}

const hasPhase = ({ phases }: InvokeResult, name: PhaseName): boolean =>
  phases.some(({ phase }) => phase === name)

const phaseMs = (results: readonly InvokeResult[], name: PhaseName): number[] =>
  results.flatMap(({ phases }) =>
    phases.filter(({ phase }) => phase === name).map(({ durationUs }) => durationUs / 1_000),
  )

const ms = (value: number | undefined): string =>
  value === undefined ? NOT_SUPPORTED : value.toFixed(value < 10 ? 2 : 1)
