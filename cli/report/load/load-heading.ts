import type { Environment } from '../../measure/environment.ts'
import type { LoadResult, LoadTargetSummary } from '../../measure/results/load-result.ts'
import type { Colours } from '../colours.ts'
import { counted } from '../counted.ts'
import { shortened } from '../format.ts'

/** Leaves room for what is said of it on the same line. */
const MOST_LABEL = 50

/** What was asked for and of whom, on what machine, and what makes the figures less certain. */
export function loadHeading(result: LoadResult, paint: Colours): string {
  const { environment, seed, target, workload, warnings } = result
  const { cpu, cpuCount, system, arch, node, sandlot } = environment
  const machine = [
    `Sandlot ${sandlot}, Node ${node}, seed ${seed}`,
    `${cpuCount} × ${cpu}, ${system} ${arch}, ${loadText(environment)}`,
    ...(target.kind === 'function' ? [confinementText(environment)] : []),
  ]
  const planned = workload.planned === null ? '' : `, ${counted(workload.planned, 'request')}`
  return [
    ...machine.map((line) => paint.dim(line)),
    ...warnings.map((text) => paint.yellow(`note: ${text}`)),
    '',
    `${paint.bold(targetText(target))}`,
    `${workload.text}${planned}`,
  ].join('\n')
}

/** `hello, 128 MB, process, reserved concurrency 10`. */
function targetText({ label, memorySizeMb, isolation, reservedConcurrency }: LoadTargetSummary) {
  const parts = [shortened(label, MOST_LABEL)]
  if (memorySizeMb !== null) parts.push(`${memorySizeMb} MB`)
  if (isolation !== null) parts.push(isolation)
  if (reservedConcurrency !== null) parts.push(`reserved concurrency ${reservedConcurrency}`)
  return parts.join(', ')
}

function loadText({ load, loadAfter, stealShare }: Environment): string {
  const after = loadAfter === null ? '' : ` to ${loadAfter.toFixed(2)}`
  const steal = stealShare === null ? '' : `, steal ${(stealShare * 100).toFixed(1)} %`
  return `load ${load.toFixed(2)}${after}${steal}`
}

function confinementText({ isolation, cpuLimit }: Environment): string {
  const text =
    cpuLimit === 'proportional'
      ? 'CPU in proportion to memory (--cpu unlimited: all of it)'
      : 'CPU unlimited'
  return `Processes confined as '${isolation}', ${text}`
}
