import { cpus, loadavg, release, totalmem, type } from 'node:os'

/** What the figures were measured on. */
export interface Environment {
  readonly cpu: string
  readonly cpuCount: number
  readonly memoryMb: number
  readonly system: string
  readonly node: string
  readonly v8: string
  /** One-minute load average; 0 on systems that have none. */
  readonly load: number
}

export function environment(): Environment {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cpuCount: processors.length,
    memoryMb: Math.floor(totalmem() / 1_048_576),
    system: `${type()} ${release()}`,
    node: process.version,
    v8: process.versions.v8,
    load: loadavg()[0] ?? 0,
  }
}
