import { realpathSync, statSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bindLines, maskLine, sealLine } from './fstab.ts'
import { type MountTable, readMountTable } from './mount-table.ts'
import { isFolder, type ProjectFolders, readProjectFolders } from './project-folders.ts'
import {
  INSIDE,
  isWithin,
  moved,
  planRootTree,
  type TreeFacts,
  type TreePlan,
} from './root-tree-policy.ts'
import { Skeleton } from './skeleton.ts'
import { addSystemFiles } from './system-files.ts'

export interface RootTreeInput {
  /** Where to build it: absolute, exists, empty, ours. */
  readonly folder: string
  /** The function's code. */
  readonly rootDir: string
  /** Folder of the bundle that the code was made into, where it was. */
  readonly bundlePath?: string | undefined
  /** What the bundle loads from when it runs. */
  readonly packageFolders?: readonly string[] | undefined
  readonly bootstrapFolder: string
  /** The Node that runs inside. */
  readonly nodePath: string
  /** Folders that must not be seen, even where one that is bound contains them. So is the user's home. */
  readonly hidden: readonly string[]
}

/** What the sandboxes of a function version see as `/`, ready to be mounted. */
export interface RootTree {
  /** Folders and files to mount on. The sandbox's own /tmp goes to `tmp` in it. */
  readonly root: string
  /** Path of the table of mounts to make first. */
  readonly fstab: string
  /** Path of the table of those that lie in the sandbox's /tmp, to be made once that is mounted. */
  readonly lateFstab: string | undefined
  /** Where a path of this machine is inside; the same path where it is the same. */
  inside(path: string): string
}

/**
 * Builds a function's view of this machine: a whitelist. Only programs and libraries, the function's
 * code and packages, Node and the bootstrap are there, all read-only; see `root-tree-policy.ts`.
 * Nothing is mounted yet and nothing here needs privileges: whoever mounts it does so in namespaces
 * of the sandbox's own.
 *
 * The folder may only be removed once no sandbox lives in it: the kernel takes away mounts whose
 * place is removed.
 */
export function buildRootTree(input: RootTreeInput): RootTree {
  const folder = realpathSync(input.folder)
  const rootDir = realpathSync(input.rootDir)
  const project = readProjectFolders(rootDir)
  const facts = factsOf(input, rootDir, project)
  const plan = planRootTree(facts)
  const mounts = readMountTable()
  const skeleton = new Skeleton(join(folder, 'root'))
  const system = addSystemFiles(skeleton, mounts)
  const { early, late } = linesOf(plan, skeleton, mounts)
  skeleton.folder(INSIDE.tmp)
  skeleton.folder('/opt')
  for (const { at, to } of plan.links) skeleton.link(at, to)
  // Node asks the folders above a module what kind it is.
  if (project.inheritedType !== undefined) {
    skeleton.file('/var/package.json', `{"type":"${project.inheritedType}"}\n`)
  }
  // A root has to be a mount of its own.
  const itself = bindLines({ from: skeleton.root, to: skeleton.root }, mounts)
  return {
    root: skeleton.root,
    fstab: writeTable(join(folder, 'fstab'), [...itself, ...system, ...early]),
    lateFstab: late.length === 0 ? undefined : writeTable(join(folder, 'late-fstab'), late),
    inside: insideOf(input, facts, plan),
  }
}

function factsOf(input: RootTreeInput, rootDir: string, project: ProjectFolders): TreeFacts {
  const { bundlePath, packageFolders = [], hidden } = input
  return {
    rootDir,
    moduleFolders: project.moduleFolders,
    neededFolders: [...project.linkedFolders, ...realFolders(packageFolders)],
    hasLinksOut: project.hasLinksOut,
    nodePath: realpathSync(input.nodePath),
    bundlePath: bundlePath === undefined ? undefined : realpathSync(bundlePath),
    bootstrapFolder: realpathSync(input.bootstrapFolder),
    hidden: realFolders([homedir(), ...hidden]),
    shared: [...realFolders([tmpdir()]), ...project.moduleFolders.map(dirname).filter(isPrivate)],
  }
}

/** A bundle may have been made of packages that are there no longer: then it fails where it needs them. */
const realFolders = (paths: readonly string[]): string[] =>
  paths.flatMap((path) => (isFolder(path) ? [realpathSync(path)] : []))

/** Its packages may be for everybody where it is not: nobody else can enter it where it is bound itself. */
const isPrivate = (folder: string): boolean => (statSync(folder).mode & 0o005) !== 0o005

/** Makes places to mount on, and the lines that mount: outer ones first, what covers them in between. */
function linesOf({ binds, masks }: TreePlan, skeleton: Skeleton, mounts: MountTable) {
  const lines = { early: [] as string[], late: [] as string[] }
  const add = (to: string, ...some: string[]): void => {
    lines[isLate(to) ? 'late' : 'early'].push(...some)
  }
  const steps = [...binds, ...masks.map((to) => ({ from: undefined, to }))]
  for (const { from, to } of steps.sort((a, b) => (a.to < b.to ? -1 : 1))) {
    const at = skeleton.at(to)
    if (from === undefined) {
      add(to, maskLine(at))
      continue
    }
    const makeFolder = isLate(to) || masks.some((mask) => isWithin(to, mask))
    if (!isFolder(from)) skeleton.file(to)
    else if (!makeFolder) skeleton.folder(to)
    add(to, ...bindLines({ from, to: at }, mounts, { makeFolder }))
  }
  for (const mask of masks) add(mask, sealLine(skeleton.at(mask)))
  return lines
}

/** In the /tmp of the sandbox, which is only there later. */
const isLate = (path: string): boolean => isWithin(path, INSIDE.tmp)

function writeTable(path: string, lines: readonly string[]): string {
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

/** Paths may be named as they were given, or as they really are. */
function insideOf(input: RootTreeInput, facts: TreeFacts, plan: TreePlan) {
  const { rootDir, bundlePath, bootstrapFolder, nodePath } = facts
  const code = plan.loadsFromSource ? rootDir : INSIDE.task
  const places = [
    { from: [input.nodePath, nodePath], to: plan.showsNode ? nodePath : INSIDE.node },
    { from: [input.bundlePath, bundlePath], to: INSIDE.bundle },
    { from: [input.bootstrapFolder, bootstrapFolder], to: INSIDE.bootstrap },
    { from: [input.rootDir, rootDir], to: code },
  ].flatMap(({ from, to }) => from.flatMap((each) => (each === undefined ? [] : [{ each, to }])))
  return (path: string): string => {
    if (path === input.rootDir || path === rootDir) return INSIDE.task
    const place = places.find(({ each }) => isWithin(path, each))
    return place === undefined ? path : moved(path, place.each, place.to)
  }
}
