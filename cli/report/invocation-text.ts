import type { InvokeResult } from '../../runtime/invoke/invocation.ts'
import { type Colours, colours } from './colours.ts'
import { formatMs } from './format.ts'
import { payloadOf } from './invocation-json.ts'
import { phaseBar } from './phase-bar.ts'

/** The log and what was measured to standard error, the result to standard output. */
export function printInvocation(result: InvokeResult): void {
  const { dim } = colours.stderr
  process.stderr.write(`${result.logs.map((line) => dim(line)).join('\n')}\n`)
  process.stdout.write(`${JSON.stringify(payloadOf(result), null, 2)}\n`)
  process.stderr.write(`${invocationText(result, colours.stderr)}\n\n`)
}

/** What was measured: one line of figures, and the phases below it. */
export function invocationText(result: InvokeResult, paint: Colours): string {
  return `${summary(result, paint)}\n${phaseBar(result.phases, paint)}`
}

function summary(result: InvokeResult, paint: Colours): string {
  const { report, outcome } = result
  const mark = outcome === 'success' ? paint.green('✓') : paint.red('✗')
  const start = result.coldStart ? paint.cyan('cold') : paint.yellow('warm')
  const memory = report.maxMemoryUsedMb === undefined ? '' : `${report.maxMemoryUsedMb} of `
  const figures = [
    `${mark} ${start} ${paint.dim(`(${result.startReason})`)} ${paint.bold(formatMs(result.totalMs))} ms`,
    ...(outcome === 'success' ? [] : [paint.red(result.errorType ?? outcome)]),
    ...(report.initDurationMs === undefined ? [] : [`init ${formatMs(report.initDurationMs)}`]),
    `duration ${formatMs(report.durationMs)}`,
    `billed ${report.billedDurationMs} ms`,
    `${memory}${report.memorySizeMb} MB`,
    paint.dim(`${result.isolation} ${result.sandboxId.slice(0, 8)}`),
  ]
  return figures.join(paint.dim(' · '))
}
