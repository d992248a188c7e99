import type * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'

/** A group as it is before a test begins. */
export interface GroupBefore {
  /** Controllers it passes on to the groups in it. */
  readonly passesOn?: string
  readonly hasProcesses?: boolean
  /** Nobody may make groups in it, or change it: the error's code. */
  readonly refusesWith?: string
}

export interface FakeHierarchy {
  readonly path: string
  read(file: string): string
  write(file: string, text: string): void
  remove(): void
}

const ALL = ['cpu', 'memory', 'pids']
const CORE_FILES = ['cgroup.freeze', 'cgroup.kill', 'cgroup.events']

/**
 * What a kernel does with a hierarchy of version 2, in a plain folder: groups have their files from
 * the start, controllers only when the group around passes them on, and a group passes nothing on
 * while it has processes. For machines whose controllers are all taken by version 1.
 *
 * Source: the kernel's admin-guide/cgroup-v2.rst, "Top-down Constraint" and "No Internal Process Constraint".
 */
export class FakeKernel {
  readonly #fs: typeof fs
  readonly #refusals = new Map<string, string>()
  /** Its first group is the machine's root, to which the rule about processes does not apply. */
  #isContainer = false
  #files: readonly string[] = []
  #root = ''

  constructor(real: typeof fs) {
    this.#fs = real
  }

  /** The functions of `node:fs` that behave otherwise in a hierarchy; in other folders they do not. */
  get module(): typeof fs {
    const real = this.#fs
    const isOurs = (path: unknown): path is string =>
      this.#root !== '' && String(path).startsWith(this.#root)
    const mkdirSync = (path: string, ...rest: never[]): unknown =>
      isOurs(path) ? this.#makeGroup(path) : real.mkdirSync(path, ...rest)
    const rmdirSync = (path: string): void =>
      isOurs(path) ? this.#removeGroup(path) : real.rmdirSync(path)
    const writeFileSync = (path: string, text: string, ...rest: never[]): void =>
      isOurs(path) ? this.#write(path, text) : real.writeFileSync(path, text, ...rest)
    return { ...real, mkdirSync, rmdirSync, writeFileSync } as typeof fs
  }

  mount(
    groups: Readonly<Record<string, GroupBefore>>,
    options: { isContainer?: boolean; lacks?: readonly string[] } = {},
  ): FakeHierarchy {
    const { isContainer = false, lacks = [] } = options
    const root = this.#fs.mkdtempSync(join(tmpdir(), 'sandlot-kernel-'))
    this.#root = root
    this.#refusals.clear()
    this.#isContainer = isContainer
    this.#files = CORE_FILES.filter((file) => !lacks.includes(file))
    this.#fill(root, ALL)
    for (const [name, { passesOn = '', hasProcesses = false }] of Object.entries(groups)) {
      const path = resolve(root, `.${name}`)
      if (name !== '/') this.#makeGroup(path)
      if (passesOn !== '')
        this.#write(join(path, 'cgroup.subtree_control'), `+${passesOn.replaceAll(' ', ' +')}`)
      // A process that there cannot be, so that no real one can be hit.
      if (hasProcesses) this.#fs.writeFileSync(join(path, 'cgroup.procs'), '99999999\n')
    }
    for (const [name, { refusesWith }] of Object.entries(groups)) {
      if (refusesWith !== undefined) this.#refusals.set(resolve(root, `.${name}`), refusesWith)
    }
    return {
      path: root,
      read: (file) => this.#fs.readFileSync(join(root, file), 'utf8').trim(),
      write: (file, text) => this.#fs.writeFileSync(join(root, file), text),
      remove: () => {
        this.#root = ''
        this.#fs.rmSync(root, { recursive: true })
      },
    }
  }

  #makeGroup(path: string): undefined {
    this.#check(dirname(path))
    this.#fs.mkdirSync(path)
    this.#fill(path, this.#list(join(dirname(path), 'cgroup.subtree_control')))
  }

  #removeGroup(path: string): void {
    if (!this.#fs.existsSync(path)) throw refusal('ENOENT')
    const entries = this.#fs.readdirSync(path, { withFileTypes: true })
    if (entries.some((entry) => entry.isDirectory())) throw refusal('EBUSY')
    this.#fs.rmSync(path, { recursive: true })
  }

  #write(path: string, text: string): void {
    const group = dirname(path)
    if (!this.#fs.existsSync(group)) throw refusal('ENOENT')
    this.#check(group)
    if (!this.#fs.existsSync(path)) throw refusal('EACCES')
    const isExempt = group === this.#root && !this.#isContainer
    if (basename(path) === 'cgroup.subtree_control') this.#passOn(group, text, isExempt)
    else this.#fs.writeFileSync(path, text)
  }

  #passOn(group: string, text: string, isExempt: boolean): void {
    const names = text.split(' ').map((each) => each.slice(1))
    const has = this.#list(join(group, 'cgroup.controllers'))
    if (names.some((name) => !has.includes(name))) throw refusal('ENOENT')
    const isOccupied = this.#fs.readFileSync(join(group, 'cgroup.procs'), 'utf8') !== ''
    if (isOccupied && !isExempt) throw refusal('EBUSY')
    const path = join(group, 'cgroup.subtree_control')
    const passedOn = [...new Set([...this.#list(path), ...names])]
    this.#fs.writeFileSync(path, passedOn.join(' '))
    for (const entry of this.#fs.readdirSync(group, { withFileTypes: true })) {
      if (entry.isDirectory()) this.#fill(join(group, entry.name), passedOn)
    }
  }

  /** Gives a group its files, those that it does not have yet. */
  #fill(group: string, controllers: readonly string[]): void {
    const at = (file: string): string => join(group, file)
    const add = (file: string, text: string): void => {
      if (!this.#fs.existsSync(at(file))) this.#fs.writeFileSync(at(file), text)
    }
    this.#fs.writeFileSync(at('cgroup.controllers'), controllers.join(' '))
    for (const file of ['cgroup.procs', 'cgroup.subtree_control', ...this.#files]) add(file, '')
    if (group === this.#root) return
    if (controllers.includes('cpu')) add('cpu.max', 'max 100000')
    if (controllers.includes('pids')) add('pids.max', 'max')
    if (!controllers.includes('memory')) return
    add('memory.max', 'max')
    add('memory.swap.max', 'max')
    add('memory.oom.group', '0')
    add('memory.events', 'low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n')
    add('memory.stat', 'anon 0\nfile 0\nkernel 0\nshmem 0\n')
  }

  #check(group: string): void {
    const code = this.#refusals.get(group)
    if (code !== undefined) throw refusal(code)
  }

  #list(path: string): string[] {
    return this.#fs.readFileSync(path, 'utf8').split(' ').filter(Boolean)
  }
}

const refusal = (code: string): Error => Object.assign(new Error(code), { code })
