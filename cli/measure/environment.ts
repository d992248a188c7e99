import { arch, cpus, loadavg, release, totalmem, type } from 'node:os'
import type { Confinement } from '../../runtime/emulator.ts'
import { packageVersion } from '../package-version.ts'
import { type Disk, diskOf } from './machine/disk.ts'
import { type GitState, gitState } from './machine/git-state.ts'
import { nodeHash } from './machine/node-hash.ts'
import { onBattery, type Processor, processor } from './machine/processor.ts'
import { cgroupVersion, clockSource, container, hypervisor } from './machine/system.ts'

/** What the figures were measured on. `null`: this system does not tell. */
export interface Environment extends Processor {
  readonly cpu: string
  readonly cpuCount: number
  readonly memoryMb: number
  readonly system: string
  readonly arch: string
  readonly node: string
  readonly v8: string
  /** Of the Node that ran this: the first 12 hex digits of its SHA-256; `null`: not asked for. */
  readonly nodeHash: string | null
  readonly sandlot: string
  /** One-minute load average before measuring; 0 on systems that have none. */
  readonly load: number
  /** The same afterwards; `null` before the end. */
  readonly loadAfter: number | null
  /** Of the CPU time that passed while measuring, the share that the hypervisor gave to others. */
  readonly stealShare: number | null
  readonly onBattery: boolean | null
  /**
   * How processes are confined, whether their CPU is in proportion to memory, and what they are kept
   * from; `null` where what is measured does not run in a controller of ours.
   */
  readonly isolation: Confinement['mode'] | null
  readonly cpuLimit: Confinement['cpu'] | null
  readonly limits: Confinement['findings'] | null
  readonly cgroupVersion: 1 | 2 | null
  /** The kind where it is known, such as `docker`; `false`: none. */
  readonly container: string | false | null
  /** A virtual machine: the processor says that a hypervisor is there. */
  readonly virtualMachine: boolean | null
  readonly clockSource: string | null
  /** Of the folder that sandboxes' directories are in. */
  readonly disk: Disk | null
  /** Of the folder with the handler. */
  readonly git: GitState | null
  /** Variables that change how Node starts; sandboxes do not inherit them. */
  readonly nodeOptions: string | undefined
  readonly hasExtraCaCerts: boolean
}

export interface EnvironmentOptions {
  /** The folder with the handler, whose git state is told. */
  readonly folder?: string | undefined
  /** Tell the hash of Node, which takes some tenths of a second. */
  readonly hashesNode?: boolean | undefined
}

/**
 * The machine as it is before measuring; see `watchMachine` for what is known afterwards.
 *
 * @param confinement of the controller; `null`: there is none here.
 */
export function environment(
  confinement: Confinement | null,
  { folder, hashesNode = false }: EnvironmentOptions = {},
): Environment {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() || 'unknown CPU',
    cpuCount: processors.length,
    ...processor(),
    memoryMb: Math.floor(totalmem() / 1_048_576),
    system: `${type()} ${release()}`,
    arch: arch(),
    node: process.version,
    v8: process.versions.v8,
    nodeHash: hashesNode ? nodeHash(process.execPath) : null,
    sandlot: packageVersion(),
    load: loadNow(),
    loadAfter: null,
    stealShare: null,
    onBattery: onBattery(),
    isolation: confinement?.mode ?? null,
    cpuLimit: confinement?.cpu ?? null,
    limits: confinement?.findings ?? null,
    cgroupVersion: cgroupVersion(),
    container: container(),
    virtualMachine: hypervisor(),
    clockSource: clockSource(),
    disk: diskOf(),
    git: folder === undefined ? null : gitState(folder),
    nodeOptions: process.env.NODE_OPTIONS,
    hasExtraCaCerts: process.env.NODE_EXTRA_CA_CERTS !== undefined,
  }
}

export const loadNow = (): number => loadavg()[0] ?? 0

/** More than half of the cores have other things to do. */
export const isBusy = ({ load, cpuCount }: Pick<Environment, 'load' | 'cpuCount'>): boolean =>
  load > cpuCount / 2
