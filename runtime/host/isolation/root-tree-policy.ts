/** What there is on this machine that a function's file system is made of. Absolute, real paths. */
export interface TreeFacts {
  readonly rootDir: string
  /** Each `node_modules` in the code's folder and in those above it, nearest first. */
  readonly moduleFolders: readonly string[]
  /** Where links in these lead to, and what a bundle loads from beside. */
  readonly neededFolders: readonly string[]
  /** A link in the code's own `node_modules` leads out of the code: it is right in its own place only. */
  readonly hasLinksOut: boolean
  readonly nodePath: string
  readonly bundlePath: string | undefined
  readonly bootstrapFolder: string
  readonly hidden: readonly string[]
  /**
   * Folders that no function sees whole, beside those that every machine has: they belong to nobody in
   * particular, or are closed to everybody but their owner.
   */
  readonly shared: readonly string[]
}

export interface TreePlan {
  /** In this order; nothing is bound twice, and what lies in something bound is only there when that hides it. */
  readonly binds: readonly Bind[]
  /** Folders, as they are inside, that are covered by an empty one. */
  readonly masks: readonly string[]
  readonly links: readonly Link[]
  /** Modules load from where the code lies on this machine, since at /var/task they would miss packages. */
  readonly loadsFromSource: boolean
  /** Whether node's own folder is shown where it is on this machine. */
  readonly showsNode: boolean
}

export interface Bind {
  readonly from: string
  readonly to: string
}

export interface Link {
  readonly at: string
  readonly to: string
}

/** Where things are inside, as on Lambda. */
export const INSIDE = {
  task: '/var/task',
  bootstrap: '/var/runtime/bootstrap',
  bundle: '/var/runtime/bundle',
  node: '/var/lang/bin/node',
  tmp: '/tmp',
} as const

/** Shown whole to everybody. */
const SHOWN = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']

/** The sandbox has its own: this machine's cannot be there as well. */
const REPLACED = ['/', '/dev', '/etc', '/opt', '/proc', '/sys', '/tmp', '/var', ...SHOWN]

/** Nothing of this machine's can be in these. */
const OCCUPIED = [INSIDE.task, '/var/runtime', '/var/lang', '/proc', '/sys']

/** They belong to nobody in particular, so no function sees one whole, unless its code is all of it. */
const SHARED = ['/boot', '/home', '/media', '/mnt', '/root', '/run', '/srv', '/var/tmp']

/** Where packages of all kinds refer to each other by absolute path. */
const STORES = ['/nix/store', '/gnu/store', '/home/linuxbrew/.linuxbrew']

/**
 * Decides which folders of this machine a function sees, and where. Its code is at /var/task. It is
 * also at its own path, as are the packages that it may load, because bundles and links name them so:
 *
 * - the project, which is the topmost folder above the code that has a `node_modules`, read-only as
 *   all else. Of a folder that is shared or private, or is or holds a hidden one that the code lies in
 *   (a home), only its `node_modules`.
 * - packages outside of it that links lead to, and node's own installation.
 *
 * Node looks for packages in the folders above a module, so /var/node_modules and /node_modules are
 * links to the two nearest above the code. Where that does not do, modules load from their own path.
 */
export function planRootTree(facts: TreeFacts): TreePlan {
  const { rootDir, moduleFolders, nodePath, bundlePath, bootstrapFolder } = facts
  const nodeFolder = folderOfNode(facts)
  const own = ownPaths(facts, nodeFolder)
  const seesSource = isSeen(rootDir, own, facts)
  const above = moduleFolders.filter((each) => !isWithin(each, rootDir))
  const links = linksTo(above)
  const isInTheWay = links.some(({ at, to }) => at !== to && own.includes(at))
  const needsSource = facts.hasLinksOut || above.length > links.length || isInTheWay
  const loadsFromSource = needsSource && seesSource
  const binds = [
    { from: rootDir, to: INSIDE.task },
    { from: bootstrapFolder, to: INSIDE.bootstrap },
    ...(bundlePath === undefined ? [] : [{ from: bundlePath, to: INSIDE.bundle }]),
    ...(nodeFolder === undefined ? [{ from: nodePath, to: INSIDE.node }] : []),
    ...own.map((path) => ({ from: path, to: path })),
  ]
  return {
    binds,
    masks: masksIn([...SHOWN.map((path) => ({ from: path, to: path })), ...binds], facts.hidden),
    links: links.filter(({ at, to }) => at !== to && !own.includes(at)),
    loadsFromSource,
    showsNode: nodeFolder !== undefined,
  }
}

/** Whether it is that folder, or lies in it. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)

/** A path in one folder, as the same place in another. */
export const moved = (path: string, from: string, to: string): string =>
  `${to}${path.slice(from === '/' ? 0 : from.length)}`

/** Folders that are bound where they are, those that hold others before them. */
function ownPaths(facts: TreeFacts, nodeFolder: string | undefined): readonly string[] {
  const { rootDir, moduleFolders, neededFolders } = facts
  const project = moduleFolders.map(parentOf).findLast((each) => mayShow(each, facts))
  const needed = [...moduleFolders, ...neededFolders].filter((each) => mayShow(each, facts))
  const wanted = [project, rootDir, nodeFolder, ...needed]
    .filter((each) => each !== undefined)
    .filter((each) => !REPLACED.includes(each) && !OCCUPIED.some((taken) => isWithin(each, taken)))
  const bound: string[] = []
  for (const path of [...new Set(wanted)].sort()) {
    if (!isSeen(path, bound, facts)) bound.push(path)
  }
  return bound
}

/** Whether something bound shows it, and does not hide it at once. */
function isSeen(path: string, bound: readonly string[], { hidden }: TreeFacts): boolean {
  return [...SHOWN, ...bound].some(
    (folder) =>
      isWithin(path, folder) &&
      !hidden.some((each) => isInside(each, folder) && isWithin(path, each)),
  )
}

const isInside = (path: string, folder: string): boolean =>
  path !== folder && isWithin(path, folder)

/** The whole folder: not one that is shared, nor a hidden one, nor what holds it and the code in it. */
function mayShow(folder: string, { rootDir, hidden, shared }: TreeFacts): boolean {
  if ([...REPLACED, ...SHARED, ...shared].includes(folder)) return false
  return !hidden.some(
    (each) => each === folder || (isInside(each, folder) && isWithin(rootDir, each)),
  )
}

/** Its installation; `undefined` where only the program itself may be shown. */
function folderOfNode(facts: TreeFacts): string | undefined {
  const { nodePath } = facts
  const bin = parentOf(nodePath)
  const whole = [...STORES, ...SHOWN].find((each) => isWithin(nodePath, each))
  return whole ?? [parentOf(bin), bin].find((each) => mayShow(each, facts))
}

const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))

/** Where Node looks for packages of a module at /var/task, beyond that folder. */
function linksTo([nearest, next]: readonly string[]): readonly Link[] {
  const links: Link[] = []
  if (nearest !== undefined) links.push({ at: '/var/node_modules', to: nearest })
  if (next !== undefined) links.push({ at: '/node_modules', to: next })
  return links
}

/** A hidden folder in another hidden one is already gone. */
function masksIn(binds: readonly Bind[], hidden: readonly string[]): readonly string[] {
  const masks = binds.flatMap(({ from, to }) => {
    const inThis = hidden.filter((each) => isInside(each, from))
    return inThis
      .filter((each) => !inThis.some((other) => isInside(each, other)))
      .map((each) => moved(each, from, to))
  })
  return [...new Set(masks)].sort()
}
