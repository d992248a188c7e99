import pc from 'picocolors'
import type { InvokeResult } from '../../runtime/invoke/invocation.ts'
import { payloadOf } from './invocation-json.ts'

/** The log and what was measured to standard error, the result to standard output. */
export function printInvocation(result: InvokeResult): void {
  const lines = [...result.logs.map((line) => pc.dim(line)), '', summary(result), phaseLine(result)]
  process.stderr.write(`${lines.join('\n')}\n`)
  process.stdout.write(`${JSON.stringify(payloadOf(result), null, 2)}\n`)
}

function summary(result: InvokeResult): string {
  const { report, outcome } = result
  const mark = outcome === 'success' ? pc.green('✓') : pc.red('✗')
  const start = result.coldStart ? pc.cyan('cold') : pc.yellow('warm')
  const memory =
    report.maxMemoryUsedMb === undefined
      ? `of ${report.memorySizeMb} MB`
      : `${report.maxMemoryUsedMb} of ${report.memorySizeMb} MB`
  const parts = [
    `${mark} ${start} (${result.startReason})`,
    `${pc.bold(ms(result.totalMs))} in all`,
    `duration ${ms(report.durationMs)}`,
    ...(report.initDurationMs === undefined ? [] : [`init ${ms(report.initDurationMs)}`]),
    `billed ${report.billedDurationMs} ms`,
    memory,
    `${result.isolation} ${result.sandboxId.slice(0, 8)}`,
  ]
  if (outcome !== 'success') parts.splice(1, 0, pc.red(result.errorType ?? outcome))
  return parts.join(pc.dim(' · '))
}

const phaseLine = ({ phases }: InvokeResult): string =>
  pc.dim(
    `  ${phases.map(({ phase, durationUs }) => `${phase} ${ms(durationUs / 1_000)}`).join(' → ')}`,
  )

const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`
