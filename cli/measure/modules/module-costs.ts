import { isAbsolute, relative, sep } from 'node:path'
import type { ModuleCost } from '../results/bench-result.ts'
import { quantile } from '../statistics/quantiles.ts'
import type { InstrumentedStart, ModuleRecord } from './start-script.ts'

export interface CostsInput {
  readonly starts: readonly InstrumentedStart[]
  /** Path of the module that the runtime loads: the handler's own file, or the bundle. */
  readonly modulePath: string
  readonly rootDir: string
  /** For a bundle: what each of its files imports: by path or `node:…`, or a package by its name. */
  readonly ownImports?: ReadonlyMap<string, readonly string[]> | undefined
}

const MOST_NAMED = 10
/** Most of Node's own modules are in memory before anything is loaded: they are not worth a line. */
const LEAST_BUILTIN_MS = 0.1

/**
 * The slowest packages, Node's own modules, and files of the function's own: medians over the starts. A module belongs to
 * the one that imported it first, so a total counts nothing twice.
 */
export function moduleCosts({ starts, modulePath, rootDir, ownImports }: CostsInput): ModuleCost[] {
  const times = new Map<string, { total: number[]; self: number[] }>()
  for (const start of starts) {
    for (const [name, { totalMs, selfMs }] of costsOfStart(
      start,
      modulePath,
      rootDir,
      ownImports,
    )) {
      const known = times.get(name) ?? { total: [], self: [] }
      known.total.push(totalMs)
      known.self.push(selfMs)
      times.set(name, known)
    }
  }
  return [...times]
    .map(([name, { total, self }]) => ({
      name,
      totalMs: quantile(total, 0.5) ?? 0,
      selfMs: quantile(self, 0.5) ?? 0,
    }))
    .filter(({ name, selfMs }) => !isBuiltinId(name) || selfMs >= LEAST_BUILTIN_MS)
    .sort((a, b) => b.selfMs - a.selfMs)
    .slice(0, MOST_NAMED)
}

function costsOfStart(
  start: InstrumentedStart,
  modulePath: string,
  rootDir: string,
  ownImports: CostsInput['ownImports'],
) {
  const importers = importersOf(start, modulePath, ownImports)
  const costs = new Map<string, { totalMs: number; selfMs: number }>()
  const costOf = (name: string) => {
    const cost = costs.get(name) ?? { totalMs: 0, selfMs: 0 }
    costs.set(name, cost)
    return cost
  }
  for (const { id, selfMs, compileMs } of start.records) {
    const ms = selfMs + compileMs
    const own = nameOf(id, rootDir)
    const isBundle = ownImports !== undefined && id === modulePath
    if (!isBundle) costOf(own).selfMs += ms
    const names = new Set<string>()
    const way = new Set<string>()
    for (let at: string | null = id; at !== null && !way.has(at); at = importers.get(at) ?? null) {
      way.add(at)
      if (ownImports === undefined || at !== modulePath) names.add(nameOf(at, rootDir))
    }
    for (const name of names) costOf(name).totalMs += ms
  }
  return costs
}

/** Who imported each module first. */
function importersOf(
  { records, imports }: InstrumentedStart,
  modulePath: string,
  ownImports: CostsInput['ownImports'],
): Map<string, string | null> {
  const byImporter = new Map<string, string[]>()
  for (const [importer, imported] of imports) {
    byImporter.set(importer, [...(byImporter.get(importer) ?? []), imported])
  }
  const resolvedBy = (id: string): readonly string[] => byImporter.get(id) ?? []
  // A bundle's files import packages through the bundle.
  const packageIn = (name: string): string[] =>
    resolvedBy(modulePath).filter((id) => packageOf(id) === name)
  const importedBy = (id: string): string[] => {
    const own = ownImports?.get(id) ?? []
    return [
      ...own.flatMap((each) => (isAbsolute(each) || isBuiltinId(each) ? [each] : packageIn(each))),
      ...resolvedBy(id),
    ]
  }
  const found = new Map<string, string>()
  const visit = (id: string): void => {
    for (const imported of importedBy(id)) {
      if (imported === modulePath || found.has(imported)) continue
      found.set(imported, id)
      visit(imported)
    }
  }
  visit(modulePath)
  return new Map(records.map((record) => [record.id, importerOf(record, found, modulePath)]))
}

/** `require` runs a module there and then; an ES module is run before whoever imports it. */
function importerOf(
  { id, kind, within }: ModuleRecord,
  found: ReadonlyMap<string, string>,
  modulePath: string,
): string | null {
  if (id === modulePath) return null
  const imported = found.get(id)
  return (kind === 'commonjs' ? (within ?? imported) : (imported ?? within)) ?? modulePath
}

/** A package by its name, Node's own as `node:…`, a file of the function's own by its path from the root. */
const nameOf = (id: string, rootDir: string): string =>
  isBuiltinId(id) ? id : (packageOf(id) ?? relative(rootDir, id.replace(/#body$/, '')))

export const isBuiltinId = (id: string): boolean => id.startsWith('node:')

function packageOf(path: string): string | undefined {
  const parts = path.split(sep)
  const place = parts.lastIndexOf('node_modules')
  return place < 0 ? undefined : packageName(parts.slice(place + 1).join('/'))
}

/** `@scope/name/file` and `name/file` → the package. */
export const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
