import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import type { FunctionVersion } from '../../functions/function-version.ts'
import type { Clock } from '../../kernel/clock.ts'
import { invariant } from '../../kernel/invariant.ts'
import { resourceLimits } from '../../sandbox/resource-limits.ts'
import type { LiveGroups } from '../live-groups.ts'
import type { RunDir } from '../run-dir.ts'
import { atMost } from './at-most.ts'
import type { TmpSource } from './holder.ts'
import type { Machine } from './machine.ts'
import { makeNamespaceSpace } from './namespace-space.ts'
import { plainSpace } from './plain-space.ts'
import { buildRootTree, type RootTree } from './root-tree.ts'
import type { Space } from './space.ts'
import { SparePool } from './spare-pool.ts'
import { tmpTemplate } from './tmp-image.ts'

export interface SpacesDeps {
  readonly clock: Clock
  readonly runDir: RunDir
  readonly groups: LiveGroups
  readonly machine: Machine
  /** Folder of the bootstrap. */
  readonly bootstrapFolder: string
}

/** To make one is mostly to wait for the kernel, so that a CPU takes on several. */
const MAKINGS_PER_CPU = 4

/** Makes what sandboxes are made of, ahead of need where that is possible. */
export class Spaces {
  readonly #deps: SpacesDeps
  readonly #trees = new WeakMap<FunctionVersion, RootTree>()
  readonly #spares: SparePool<FunctionVersion>
  readonly #inParallel = atMost(MAKINGS_PER_CPU * availableParallelism())
  #made = 0

  constructor(deps: SpacesDeps) {
    this.#deps = deps
    this.#spares = new SparePool(deps.clock, (version) => this.#make(version))
  }

  /** A version may be started soon. What was made ahead for an earlier deployment of it goes. */
  prepare(version: FunctionVersion): void {
    if (this.#deps.machine.mode === 'plain') return
    this.#treeOf(version)
    this.#spares.forget(
      (other) =>
        other.config.name === version.config.name &&
        other.version === version.version &&
        other !== version,
    )
    this.#spares.add(version)
  }

  /** Resolves when all that can be done ahead of a start is done. */
  prepared(version: FunctionVersion): Promise<void> {
    return this.#spares.refill(version)
  }

  /** The machine is about to be quiet: a good moment to make what the next start needs. */
  quiet(version: FunctionVersion): void {
    void this.#spares.refill(version)
  }

  /** @throws SandlotError `SandboxUnavailable`. */
  take(version: FunctionVersion): Promise<Space> {
    return this.#deps.machine.mode === 'plain' ? this.#make(version) : this.#spares.take(version)
  }

  /** No start will come any more. */
  end(): void {
    this.#spares.end()
  }

  close(): Promise<void> {
    return this.#spares.close()
  }

  #make(version: FunctionVersion): Promise<Space> {
    return this.#inParallel(() => this.#makeNow(version))
  }

  async #makeNow(version: FunctionVersion): Promise<Space> {
    const { clock, groups, runDir, machine } = this.#deps
    const limits = resourceLimits(version.config)
    const { descriptors, memoryMb, processes, tmpMb } = limits
    this.#made += 1
    const name = String(this.#made)
    const dir = runDir.createSandbox(name)
    try {
      if (machine.mode === 'plain') return plainSpace(dir, { clock, groups, descriptors })
      return await makeNamespaceSpace({
        mode: machine.mode,
        tree: this.#treeOf(version),
        tmp: await this.#tmpOf(tmpMb, dir.path),
        ownNetwork: version.config.network === 'none',
        descriptors,
        processes: machine.canLimitProcesses ? processes : undefined,
        group: machine.controlGroups?.create(name, { memoryMb, processes }),
        limited: machine.limited,
        dir,
        clock,
        groups,
      })
    } catch (error) {
      dir.remove()
      throw error
    }
  }

  /** One for all sandboxes of a version: it is only read from. */
  #treeOf(version: FunctionVersion): RootTree {
    const known = this.#trees.get(version)
    if (known !== undefined) return known
    const { runDir, bootstrapFolder } = this.#deps
    this.#made += 1
    const folder = join(runDir.path, 'trees', String(this.#made))
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    const { code } = version
    const tree = buildRootTree({
      folder,
      rootDir: code.rootDir,
      bundlePath: code.bundlePath,
      packageFolders: code.packageFolders,
      bootstrapFolder,
      nodePath: process.execPath,
      hidden: [dirname(runDir.cachePath)],
    })
    this.#trees.set(version, tree)
    return tree
  }

  async #tmpOf(sizeMb: number, sandboxPath: string): Promise<TmpSource> {
    const { machine, runDir } = this.#deps
    invariant(machine.tmp !== 'folder', 'a /tmp in namespaces is mounted')
    if (machine.tmp === 'tmpfs') return { sizeMb }
    const templatePath = await tmpTemplate(runDir.cachePath, sizeMb)
    return { sizeMb, image: { templatePath, path: join(sandboxPath, 'tmp.ext4') } }
  }
}
