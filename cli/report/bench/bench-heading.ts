import type { Environment } from '../../measure/environment.ts'
import type { BenchResult } from '../../measure/results/bench-result.ts'
import type { Colours } from '../colours.ts'

/** What was measured on, in which order, and what makes the figures less certain. */
export function benchHeading({ environment, seed, warnings }: BenchResult, paint: Colours): string {
  const { cpu, cpuCount, system, arch, node, sandlot } = environment
  const lines = [
    `Sandlot ${sandlot}, Node ${node}, seed ${seed}${gitText(environment)}`,
    `${cpuCount} × ${cpu}, ${system} ${arch}${surroundings(environment)}`,
    `${loadText(environment)}${diskText(environment)}`,
    `Processes confined as '${environment.isolation}', ${CPU_TEXTS[environment.cpuLimit ?? 'proportional']}`,
  ].map((line) => paint.dim(line))
  return [...lines, ...warnings.map((text) => paint.yellow(`noise: ${text}`))].join('\n')
}

function gitText({ git }: Environment): string {
  if (git === null) return ''
  return `, code at ${git.commit}${git.isDirty ? ' with changes' : ''}`
}

function surroundings({ container, virtualMachine, cgroupVersion }: Environment): string {
  const parts: string[] = []
  if (container !== null && container !== false) parts.push(container)
  if (virtualMachine === true) parts.push('virtual machine')
  if (cgroupVersion !== null) parts.push(`cgroup v${cgroupVersion}`)
  return parts.map((part) => `, ${part}`).join('')
}

function loadText({ load, loadAfter, stealShare, memoryMb, governor }: Environment): string {
  const after = loadAfter === null ? '' : ` to ${loadAfter.toFixed(2)}`
  const parts = [`Load ${load.toFixed(2)}${after}`]
  if (stealShare !== null) parts.push(`steal ${(stealShare * 100).toFixed(1)} %`)
  if (governor !== null) parts.push(`governor ${governor}`)
  parts.push(`${(memoryMb / 1_024).toFixed(1)} GB`)
  return parts.join(', ')
}

const diskText = ({ disk }: Environment): string =>
  disk === null
    ? ''
    : `, temporary files on ${disk.fileSystem ?? 'an unknown file system'} (sync ${disk.syncP50Ms.toFixed(2)} ms)`

/** At 128 MB a handler that is called without a pause mostly waits for its share. */
const CPU_TEXTS: Readonly<Record<NonNullable<Environment['cpuLimit']>, string>> = {
  proportional: 'CPU 7 % at 128 MB and so on (--cpu unlimited: all of it)',
  unlimited: 'CPU unlimited',
}
