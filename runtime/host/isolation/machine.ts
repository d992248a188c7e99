import type { ControlGroups } from './control-groups.ts'
import type { NamespaceMode } from './holder.ts'
import type { KernelLimits } from './space.ts'

/**
 * - root   namespaces and control groups made by root
 * - user   namespaces made by anybody, in a user namespace
 * - plain  neither: folders, process groups and watching
 */
export type IsolationMode = NamespaceMode | 'plain'

/** How sandboxes that are processes are confined on this machine. */
export interface Machine {
  readonly mode: IsolationMode
  /** What /tmp is: an image mounted as a file system, a tmpfs, or a folder that is watched. */
  readonly tmp: 'image' | 'tmpfs' | 'folder'
  readonly controlGroups: ControlGroups | undefined
  /** What the kernel limits. */
  readonly limited: Omit<KernelLimits, 'tmp'>
  /** Whether a user namespace limits how many processes are in it. */
  readonly canLimitProcesses: boolean
  /** Whether a sandbox can have a network of its own. */
  readonly canOwnNetwork: boolean
  /** Whether what the kernel does not limit can be watched: where there is /proc. */
  readonly canWatch: boolean
  /** Why something is not at its strongest, one line each, as the system said it. */
  readonly reasons: MachineReasons
}

export interface MachineReasons {
  readonly namespaces?: string | undefined
  readonly tmp?: string | undefined
  readonly controlGroups?: string | undefined
  readonly network?: string | undefined
}
