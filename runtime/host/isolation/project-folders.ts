import {
  type Dirent,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { dirname, isAbsolute, join, sep } from 'node:path'
import { isWithin } from './root-tree-policy.ts'

/** Where a function's packages are. */
export interface ProjectFolders {
  /** Each `node_modules` in the code's folder and in those above it, nearest first. */
  readonly moduleFolders: readonly string[]
  /** Real paths of folders that links in these lead to, each once. */
  readonly linkedFolders: readonly string[]
  /** A relative link in the code's own `node_modules` leads out of the code. */
  readonly hasLinksOut: boolean
  /** What kind of module a `.js` of the code is, where a package.json above the code says so. */
  readonly inheritedType: 'module' | 'commonjs' | undefined
}

/** @param rootDir folder of the code, a real path. */
export function readProjectFolders(rootDir: string): ProjectFolders {
  const folders = foldersFrom(rootDir)
  const moduleFolders = folders.map((folder) => join(folder, 'node_modules')).filter(isFolder)
  const links = moduleFolders.flatMap(linksIn)
  return {
    moduleFolders,
    linkedFolders: [...new Set(links.map(({ leadsTo }) => folderOfPackages(leadsTo)))],
    hasLinksOut: links.some((link) => isWithin(link.path, rootDir) && leadsOut(link, rootDir)),
    inheritedType: inheritedType(folders),
  }
}

/**
 * The `node_modules` that a folder lies in: there a package finds others. The folder itself where it
 * lies in none.
 */
export function folderOfPackages(folder: string): string {
  const parts = folder.split(sep)
  const at = parts.indexOf('node_modules')
  return at === -1 ? folder : parts.slice(0, at + 1).join(sep)
}

function foldersFrom(folder: string): string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...foldersFrom(parent)]
}

interface PackageLink {
  readonly path: string
  readonly leadsTo: string
}

/** Packages that are links to where they really are, as workspaces and some package managers have them. */
function linksIn(moduleFolder: string): PackageLink[] {
  const entries = entriesOf(moduleFolder)
  const scopes = entries.filter((entry) => entry.name.startsWith('@') && entry.isDirectory())
  const scoped = scopes.flatMap(({ name }) =>
    entriesOf(join(moduleFolder, name)).map((entry) => ({
      isLink: entry.isSymbolicLink(),
      path: join(moduleFolder, name, entry.name),
    })),
  )
  const isItselfLink = lstatSync(moduleFolder).isSymbolicLink()
  return [
    { isLink: isItselfLink, path: moduleFolder },
    ...entries.map((entry) => ({
      isLink: entry.isSymbolicLink(),
      path: join(moduleFolder, entry.name),
    })),
    ...scoped,
  ].flatMap(({ isLink, path }) =>
    isLink && isFolder(path) ? [{ path, leadsTo: realpathSync(path) }] : [],
  )
}

/** An absolute link leads to the same place from wherever its folder is bound. */
const leadsOut = ({ path, leadsTo }: PackageLink, rootDir: string): boolean =>
  !isWithin(leadsTo, rootDir) && !isAbsolute(readlinkSync(path))

/** As Node finds it: the nearest package.json counts, also one that says nothing. */
function inheritedType([rootDir = '', ...above]: readonly string[]):
  | 'module'
  | 'commonjs'
  | undefined {
  if (existsSync(join(rootDir, 'package.json'))) return undefined
  const nearest = above
    .map((folder) => join(folder, 'package.json'))
    .find((path) => existsSync(path))
  if (nearest === undefined) return undefined
  try {
    const { type } = JSON.parse(readFileSync(nearest, 'utf8')) as { type?: unknown }
    return type === 'module' || type === 'commonjs' ? type : undefined
  } catch {
    return undefined
  }
}

/** Nothing where we may not look: then nobody loads from there either. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** Following links; what leads nowhere is none. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
