import { UsageError } from '../../exit-codes.ts'

const DEFAULT_SIZES_MB = [128, 256, 512, 1_024, 1_536, 2_048, 3_008] as const

/** From this on a function has more than one CPU; AWS Lambda Developer Guide, "Configure memory". */
const MEMORY_MB_PER_CPU = 1_769
const MIN_MB = 128
const MAX_MB = 10_240
const MAX_SIZES = 50
const ITEM = /^(\d+)(-(\d+):(\d+))?$/

/**
 * Sizes as they are typed: `128,512`, and ranges, `512-2048:256`, which is every 256 MB from 512 on up
 * to 2048. Smallest first.
 *
 * @throws UsageError for what is no size, for one size alone, and for too many.
 */
export function memorySweep(text: string): number[] {
  const sizes = new Set(text.split(',').flatMap((item) => sizesOf(item, text)))
  if (sizes.size < 2) throw new UsageError(`--memory ${text}: a curve needs two sizes or more`)
  if (sizes.size > MAX_SIZES) {
    throw new UsageError(`--memory ${text}: ${sizes.size} sizes; at most ${MAX_SIZES} are measured`)
  }
  return [...sizes].sort((a, b) => a - b)
}

function sizesOf(item: string, text: string): number[] {
  const [, from = '', , to = from, step = '1'] = ITEM.exec(item) ?? []
  const [least, most, by] = [from, to, step].map(Number) as [number, number, number]
  if (from === '' || least < MIN_MB || most > MAX_MB || most < least || by < 1) {
    throw new UsageError(
      `--memory ${text}: '${item}' must be a size from ${MIN_MB} to ${MAX_MB} MB, or sizes as in 512-2048:256`,
    )
  }
  return Array.from(
    { length: Math.floor((most - least) / by) + 1 },
    (_, index) => least + index * by,
  )
}

/** The usual sizes, as far as this machine has the memory for them. */
export const usualSweep = ({ memoryMb }: MachineSize): number[] =>
  DEFAULT_SIZES_MB.filter((sizeMb) => sizeMb <= memoryMb)

export interface MachineSize {
  readonly memoryMb: number
  readonly cpuCount: number
}

/** @throws UsageError for sizes that this machine has not the memory for. */
export function checkFits(sizesMb: readonly number[], { memoryMb }: MachineSize): void {
  const tooBig = sizesMb.filter((sizeMb) => sizeMb > memoryMb)
  if (tooBig.length === 0) return
  throw new UsageError(
    `--memory ${tooBig.join(',')}: this machine has ${memoryMb} MB of memory`,
    'Measure smaller sizes, or on a larger machine.',
  )
}

/** What makes the sizes less like those of Lambda on this machine, for a person to read. */
export function sweepWarnings(sizesMb: readonly number[], { cpuCount }: MachineSize): string[] {
  const starved = sizesMb.filter((sizeMb) => sizeMb / MEMORY_MB_PER_CPU > cpuCount)
  if (starved.length === 0) return []
  const cpus = cpuCount === 1 ? '1 CPU' : `${cpuCount} CPUs`
  return [
    `${starved.join(', ')} MB: on Lambda they have more CPU than the ${cpus} of this machine, ` +
      'which a handler with several threads would use',
  ]
}
