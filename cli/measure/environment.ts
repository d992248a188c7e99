import { arch, cpus, loadavg, release, totalmem, type } from 'node:os'
import type { Confinement } from '../../runtime/emulator.ts'
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
  /** How processes are confined, and whether their CPU is in proportion to memory. */
  readonly isolation: Confinement['mode']
  readonly cpuLimit: Confinement['cpu']
  /** Variables that change how Node starts; sandboxes do not inherit them. */
  readonly nodeOptions: string | undefined
}

export function environment({ mode, cpu }: Confinement): Environment {
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
    isolation: mode,
    cpuLimit: cpu,
    nodeOptions: process.env.NODE_OPTIONS,
  }
}

/** More than half of the cores have other things to do. */
export const isBusy = ({ load, cpuCount }: Environment): boolean => load > cpuCount / 2
