import {
  type Azure2019Input,
  readAzure2019,
} from '../../../../../cli/measure/simulate/workloads/azure-2019.ts'
import type { SimulatedWorkload } from '../../../../../runtime/simulation/workload.ts'
import { PROFILE } from '../parts.ts'

export const minutes = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** The first line, with the minutes from one to the other. */
export const head = (from: number, to: number): string =>
  `HashOwner,HashApp,HashFunction,Trigger,${minutes(from, to).join(',')}`

export const row = (app: string, fn: string, counts: readonly number[]): string =>
  `me,${app},${fn},http,${counts.join(',')}`

export type Options = Partial<Omit<Azure2019Input, 'invocations' | 'durations' | 'memory'>>

export const read = (
  files: Pick<Azure2019Input, 'invocations' | 'durations' | 'memory'>,
  options: Options = {},
): SimulatedWorkload =>
  readAzure2019({
    take: { kind: 'all' },
    partOfDay: true,
    seed: 1,
    memoryMb: 128,
    timeoutUs: 900_000_000,
    profile: PROFILE,
    ...options,
    ...files,
  })
