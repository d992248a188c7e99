import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type FunctionInput,
  parseFunctionConfig,
} from '../../../runtime/functions/function-config.ts'
import type { PreparedCode } from '../../../runtime/functions/function-version.ts'
import { parseHandler } from '../../../runtime/functions/handler-string.ts'
import { prepareCode } from '../../../runtime/host/code-package.ts'
import { findHandlerFile } from '../../../runtime/host/handler-file.ts'
import { isSandlotError } from '../../../runtime/kernel/errors.ts'
import { resourceLimits } from '../../../runtime/sandbox/resource-limits.ts'
import type { ModuleCost } from '../results/bench-result.ts'
import { quantile } from '../statistics/quantiles.ts'
import { markBundle } from './bundle-marks.ts'
import { bundleSources, importsWithin } from './bundle-sources.ts'
import { isBuiltinId, moduleCosts } from './module-costs.ts'
import { runStart, type StartCommand } from './run-start.ts'
import { startEnvironment } from './start-environment.ts'
import {
  type BuiltinStart,
  builtinScript,
  type InstrumentedStart,
  instrumentedScript,
  type ModuleRecord,
  type PlainStart,
  plainScript,
  type StartPlan,
} from './start-script.ts'

/** What loading a function's code takes, and what of it takes longest. Medians over the starts. */
export interface ModuleReport {
  /** Instrumented starts that the figures are of, and as many plain ones; 0: there are no figures. */
  readonly starts: number
  /** Why there are no figures, one line; `null` where there are. */
  readonly reason: string | null
  /** Loading the handler, from the call that loads it until it is there; of the plain starts. */
  readonly loadMs: number | null
  /**
   * Of `loadMs`, all but `initCodeMs`: Node finds, reads and compiles the modules, the handler's own
   * among them, and runs those that it imports.
   */
  readonly moduleLoadMs: number | null
  /**
   * Running the handler module's top-level code, without its imports, with what it awaits; of the
   * instrumented starts. `null` where that code has an `await import()`: it cannot be told apart then.
   */
  readonly initCodeMs: number | null
  /**
   * At most ten packages, modules of Node's own and files of the function's own, slowest without their
   * imports first. What counts:
   *
   * - a CommonJS file: finding its imports, reading, compiling and running it
   * - an ES module: running it; and reading and compiling it, once more afterwards, because nobody can
   *   watch Node do that
   * - a file that the bundler has put into a bundle: running it
   * - a module of Node's own: loading it; in a start apart where the handler is an ES module
   * - an ES module that a script requires: also finding, reading and compiling its imports
   */
  readonly modules: readonly ModuleCost[]
}

export interface MeasuredFunction {
  readonly input: FunctionInput
  /** The Node to start; default: the one that runs this. */
  readonly nodePath?: string | undefined
}

export interface ModuleOptions {
  /** Default 3. */
  readonly starts?: number | undefined
  /** Ends the measuring; what runs is ended too. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Loads a function's code in processes of its own, plain and instrumented ones in turns, as a cold
 * start does: the same code, environment, working directory and size of heap, and whatever the code
 * does when it is loaded is done each time. These are not sandboxes: nothing confines or slows them.
 *
 * Never fails for what the function does: then there are no figures and a reason.
 */
export async function measureModules(
  measured: MeasuredFunction,
  { starts = 3, signal }: ModuleOptions = {},
): Promise<ModuleReport> {
  const folder = mkdtempSync(join(tmpdir(), 'sandlot-modules-'))
  const remove = (): void =>
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
  // Also when the command is ended meanwhile.
  process.once('exit', remove)
  try {
    const lab = await prepare(measured, folder, signal)
    return await measure(lab, starts)
  } catch (error) {
    if (isSandlotError(error)) return noFigures(error.message.split('\n')[0] ?? '')
    throw error
  } finally {
    process.off('exit', remove)
    remove()
  }
}

interface Lab {
  readonly code: PreparedCode
  readonly plain: StartCommand
  readonly instrumented: StartCommand
  /** Loads these modules of Node's own. */
  readonly builtins: (ids: readonly string[]) => StartCommand
  readonly ownImports: ReadonlyMap<string, readonly string[]> | undefined
}

async function prepare(
  { input, nodePath = process.execPath }: MeasuredFunction,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<Lab> {
  const config = parseFunctionConfig(input)
  const { handler, rootDir } = config
  const code = await prepareCode({ handler, rootDir, cachePath: join(folder, 'cache') })
  const entryPath = findHandlerFile(code.rootDir, parseHandler(handler)).path
  const { plan, ownImports } = planOf(code, entryPath)
  const tmpDir = join(folder, 'tmp')
  mkdirSync(tmpDir)
  const command = (name: string, script: string, args: readonly string[] = []): StartCommand => {
    const path = join(folder, name)
    writeFileSync(path, script)
    return {
      nodePath,
      args: [`--max-old-space-size=${resourceLimits(config).heapMb}`, ...args, path],
      cwd: code.rootDir,
      env: startEnvironment(config, code, { nodePath, tmpDir, runtimeDir: folder }),
      signal,
    }
  }
  return {
    code,
    ownImports,
    builtins: (ids) => command('builtins.cjs', builtinScript(ids)),
    plain: command('plain.cjs', plainScript(plan)),
    instrumented: command('instrumented.cjs', instrumentedScript(plan), [
      '--no-warnings',
      '--experimental-vm-modules',
    ]),
  }
}

function planOf(code: PreparedCode, entryPath: string) {
  const { modulePath, moduleFormat, sourceMaps, bundlePath } = code
  const shared = { modulePath, moduleFormat, sourceMaps, entryPath }
  if (bundlePath === undefined) return { plan: { ...shared, bundle: null }, ownImports: undefined }
  const sources = bundleSources(bundlePath)
  const text = readFileSync(modulePath, 'utf8')
  const bundle = markBundle(text, [...sources.keys()], process.cwd())
  const plan: StartPlan = { ...shared, bundle }
  return { plan, ownImports: importsWithin(sources).set(modulePath, [entryPath]) }
}

async function measure(
  { code, plain, instrumented, builtins, ownImports }: Lab,
  starts: number,
): Promise<ModuleReport> {
  const loadsMs: number[] = []
  const watched: InstrumentedStart[] = []
  for (let start = 0; start < starts; start += 1) {
    const simple = await runStart<PlainStart>(plain)
    if ('reason' in simple) return noFigures(simple.reason)
    const full = await runStart<InstrumentedStart>(instrumented)
    if ('reason' in full) return noFigures(full.reason)
    loadsMs.push(simple.result.loadMs)
    const isModule = code.moduleFormat === 'module'
    watched.push(isModule ? await withBuiltins(full.result, builtins) : full.result)
  }
  const { modulePath, rootDir } = code
  const loadMs = median(loadsMs)
  const initCodeMs = median(watched.flatMap((each) => each.initCodeMs ?? []))
  const restMs = loadMs === null || initCodeMs === null ? null : loadMs - initCodeMs
  return {
    starts,
    reason: null,
    loadMs,
    initCodeMs,
    // They are of different starts: where the rest is as small as their differences, nobody knows it.
    moduleLoadMs: restMs === null || restMs <= 0 ? null : restMs,
    modules: moduleCosts({ starts: watched, modulePath, rootDir, ownImports }),
  }
}

/** For an ES module: puts in what those of Node's own modules take that it and its imports need. */
async function withBuiltins(
  start: InstrumentedStart,
  builtins: Lab['builtins'],
): Promise<InstrumentedStart> {
  const seen = [...start.imports.map(([, id]) => id), ...start.records.map(({ id }) => id)]
  const ids = [...new Set(seen)].filter(isBuiltinId)
  if (ids.length === 0) return start
  const told = await runStart<BuiltinStart>(builtins(ids))
  if ('reason' in told) return start
  const others = start.records.filter(({ id }) => !isBuiltinId(id))
  const records = Object.entries(told.result).map(([id, selfMs]): ModuleRecord => {
    const known = start.records.find((record) => record.id === id)
    return { id, compileMs: 0, kind: 'module', within: null, ...known, selfMs }
  })
  return { ...start, records: [...others, ...records] }
}

const median = (values: readonly number[]): number | null => quantile(values, 0.5) ?? null

const noFigures = (reason: string): ModuleReport => ({
  starts: 0,
  reason,
  loadMs: null,
  moduleLoadMs: null,
  initCodeMs: null,
  modules: [],
})
