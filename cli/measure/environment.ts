import { arch, cpus, loadavg, release, totalmem, type } from 'node:os'
import { packageVersion } from '../package-version.ts'

/** What the figures were measured on. */
export interface Environment {
  readonly cpu: string
  readonly cpuCount: number
  readonly memoryMb: number
  readonly system: string
  readonly arch: string
  readonly node: string
  readonly v8: string
  readonly sandlot: string
  /** One-minute load average before measuring; 0 on systems that have none. */
  readonly load: number
  /** Variables that change how Node starts; sandboxes do not inherit them. */
  readonly nodeOptions: string | undefined
}

export function environment(): Environment {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() || 'unknown CPU',
    cpuCount: processors.length,
    memoryMb: Math.floor(totalmem() / 1_048_576),
    system: `${type()} ${release()}`,
    arch: arch(),
    node: process.version,
    v8: process.versions.v8,
    sandlot: packageVersion(),
    load: loadavg()[0] ?? 0,
    nodeOptions: process.env.NODE_OPTIONS,
  }
}

/** More than half of the cores have other things to do. */
export const isBusy = ({ load, cpuCount }: Environment): boolean => load > cpuCount / 2
