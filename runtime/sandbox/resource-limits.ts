import type { FunctionConfig } from '../functions/function-config.ts'

/** What a sandbox may use. The `host/` folder enforces it as far as the machine can. */
export interface ResourceLimits {
  /** Memory of the whole process tree, in MB (1,048,576 bytes). */
  readonly memoryMb: number
  /** Size of /tmp in MB. */
  readonly tmpMb: number
  /** Share of one CPU after init: memory / 1,769 MB. More than 1 means more than one CPU. */
  readonly cpuShare: number
  /** Upper bound of V8's old space in MB; leaves a tenth of the memory for all else. */
  readonly heapMb: number
  /** Processes and threads, all together. */
  readonly processes: number
  /** Open files and the like, of each process. */
  readonly descriptors: number
}

/** AWS Lambda Developer Guide, "Lambda quotas". */
const MAX_PROCESSES = 1_024
const MAX_DESCRIPTORS = 1_024

/**
 * CPU is proportional to memory; 1,769 MB are one vCPU.
 * Source: AWS Lambda Developer Guide, "Configure Lambda function memory".
 */
const MEMORY_MB_PER_CPU = 1_769

/** Managed Node runtimes give V8 about nine tenths of the memory; third-party reading, not documented. */
const HEAP_SHARE = 0.9

export function resourceLimits(config: FunctionConfig): ResourceLimits {
  return {
    memoryMb: config.memorySizeMb,
    tmpMb: config.ephemeralStorageMb,
    cpuShare: config.memorySizeMb / MEMORY_MB_PER_CPU,
    heapMb: Math.floor(config.memorySizeMb * HEAP_SHARE),
    processes: MAX_PROCESSES,
    descriptors: MAX_DESCRIPTORS,
  }
}
