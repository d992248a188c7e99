import type { Clock } from '../../kernel/clock.ts'
import type { LiveGroups } from '../live-groups.ts'
import { signalProcess } from '../process-group.ts'
import { descendantsOf } from '../process-tree.ts'
import { whenEnded, whenStopped } from '../process-waits.ts'
import type { SandboxDir } from '../run-dir.ts'
import type { ControlGroup } from './control-groups.ts'
import { type Gate, makeGate } from './gate.ts'
import { type Holder, type NamespaceMode, startHolder, type TmpSource } from './holder.ts'
import type { RootTree } from './root-tree.ts'
import type { KernelLimits, LaunchedRuntime, RuntimeCommand, Space } from './space.ts'

export interface NamespaceSpaceInput {
  readonly mode: NamespaceMode
  readonly tree: RootTree
  readonly tmp: TmpSource
  readonly ownNetwork: boolean
  readonly descriptors: number
  /** Limit of its user namespace, where that has one. */
  readonly processes: number | undefined
  /** Absent where the machine has no control groups for us. */
  readonly group: ControlGroup | undefined
  /** What the kernel limits. */
  readonly limited: Omit<KernelLimits, 'tmp'>
  readonly dir: SandboxDir
  readonly clock: Clock
  readonly groups: LiveGroups
}

/**
 * Makes a sandbox of namespaces: its own file system, processes and users, its own /tmp of a fixed
 * size, its own control group; and a first gate in it, so that a start finds all of it made.
 *
 * @throws SandlotError `SandboxUnavailable`; nothing of it is left then.
 */
export async function makeNamespaceSpace(input: NamespaceSpaceInput): Promise<Space> {
  const { groups, dir } = input
  // Entering a control group and mounting wait for the kernel: at the same time.
  const holder = startHolder(input)
  const gate = gateOf(
    input,
    holder.then(({ pid }) => pid),
  )
  try {
    const made = await holder
    groups.add(made.groupId)
    dir.recordRuntime(made.groupId)
    const ready = await gate
    await input.group?.adopt(ready.runtimePid)
    return new NamespaceSpace(input, made, ready)
  } catch (error) {
    await Promise.allSettled([gate, holder.then((made) => endHolder(made, groups))])
    await input.group?.remove()
    throw error
  }
}

const gateOf = (
  { mode, ownNetwork, descriptors, processes, clock, group }: NamespaceSpaceInput,
  holderPid: Promise<number>,
): Promise<Gate> =>
  makeGate({
    mode,
    ownNetwork,
    descriptors,
    processes,
    clock,
    holderPid,
    groupEntries: group?.entries ?? [],
  })

async function endHolder(holder: Holder, groups: LiveGroups): Promise<void> {
  await holder.end()
  groups.remove(holder.groupId)
}

class NamespaceSpace implements Space {
  readonly kernelLimits: Space['kernelLimits']
  readonly tmpPath = '/tmp'
  readonly watchedTmpPath = undefined
  readonly #input: NamespaceSpaceInput
  readonly #holder: Holder
  /** Made ahead for the first start. */
  #gate: Gate | undefined

  constructor(input: NamespaceSpaceInput, holder: Holder, gate: Gate) {
    this.#input = input
    this.#holder = holder
    this.#gate = gate
    this.kernelLimits = { ...input.limited, tmp: true }
  }

  emptyTmp(): void {}

  inside(path: string): string {
    return this.#input.tree.inside(path)
  }

  async launch(command: RuntimeCommand): Promise<LaunchedRuntime> {
    const ready = this.#gate?.isThere() === true ? this.#gate : undefined
    const gate = ready ?? (await this.#anotherGate())
    this.#gate = undefined
    gate.open(command)
    const spawnedUs = this.#input.clock.nowUs()
    return new NamespacedRuntime(gate, spawnedUs, this.#holder, this.#input.group)
  }

  async remove(): Promise<void> {
    await endHolder(this.#holder, this.#input.groups)
    await this.#gate?.exited
    await this.#input.group?.remove()
    this.#input.dir.remove()
  }

  /**
   * After a reset: the namespaces are there, who enters them is not. That is our work, and not at the
   * function's expense.
   */
  async #anotherGate(): Promise<Gate> {
    this.#input.group?.limitCpu(undefined)
    const gate = await gateOf(this.#input, Promise.resolve(this.#holder.pid))
    await this.#input.group?.adopt(gate.runtimePid)
    return gate
  }
}

/** Sweeps at most this often: each one finds what the ones found before have started meanwhile. */
const MAX_SWEEPS = 20

class NamespacedRuntime implements LaunchedRuntime {
  readonly pid: number
  readonly spawnedUs: number
  readonly channel: Gate['channel']
  readonly stdout: Gate['stdout']
  readonly stderr: Gate['stderr']
  readonly exited: LaunchedRuntime['exited']
  readonly #holder: Holder
  readonly #group: ControlGroup | undefined
  #stopped: readonly number[] = []

  constructor(gate: Gate, spawnedUs: number, holder: Holder, group: ControlGroup | undefined) {
    this.pid = gate.runtimePid
    this.spawnedUs = spawnedUs
    this.channel = gate.channel
    this.stdout = gate.stdout
    this.stderr = gate.stderr
    this.#holder = holder
    this.#group = group
    this.exited = gate.exited.then(async (exit) => {
      // What it has left behind has been handed over to the holder.
      await this.#killAll()
      return exit
    })
  }

  members(): number[] {
    const others = [...descendantsOf(this.pid), ...descendantsOf(this.#holder.pid)]
    return [...new Set([this.pid, ...others])]
  }

  kill(): void {
    if (this.#group?.kill() !== true) {
      for (const member of this.members()) signalProcess(member, 'SIGKILL')
    }
  }

  async freeze(): Promise<void> {
    if ((await this.#group?.freeze()) === true) return
    this.#stopped = this.members()
    for (const member of this.#stopped) signalProcess(member, 'SIGSTOP')
    await whenStopped(this.#stopped)
  }

  thaw(): void {
    this.#group?.thaw()
    for (const member of this.#stopped) signalProcess(member, 'SIGCONT')
    this.#stopped = []
  }

  limitCpu(share: number | undefined): void {
    this.#group?.limitCpu(share)
  }

  oomKills(): number | undefined {
    return this.#group?.oomKills()
  }

  usedBytes(): number | undefined {
    return this.#group?.usedBytes()
  }

  async #killAll(): Promise<void> {
    for (let sweep = 0; sweep < MAX_SWEEPS; sweep += 1) {
      const left = descendantsOf(this.#holder.pid)
      if (left.length === 0) return
      this.#group?.kill()
      for (const pid of left) signalProcess(pid, 'SIGKILL')
      await whenEnded(left)
    }
  }
}
