import { WATCH } from './watch-script.ts'

/** What a start is told; JSON. */
export interface StartPlan {
  readonly modulePath: string
  readonly moduleFormat: 'module' | 'commonjs'
  readonly sourceMaps: boolean
  /** The handler's own source file, whose code is the init code. */
  readonly entryPath: string
  /** A bundle: its text with marks in it, and the files that the names in them stand for. */
  readonly bundle: {
    readonly text: string
    readonly files: Readonly<Record<string, string>>
  } | null
}

/** Of one module in one instrumented start. */
export interface ModuleRecord {
  /** Path of its file, or `node:…`. */
  readonly id: string
  /** Milliseconds, without those that it imports. */
  readonly selfMs: number
  /** On top of it: reading and compiling, measured apart once more. */
  readonly compileMs: number
  readonly kind: 'commonjs' | 'module'
  /** The module that was running when this one began. */
  readonly within: string | null
}

export interface InstrumentedStart {
  readonly records: readonly ModuleRecord[]
  /** Imports, in the order of each importer's source. */
  readonly imports: readonly (readonly [importer: string, imported: string])[]
  /** The handler module's top-level code; `null` where it imports more while it runs. */
  readonly initCodeMs: number | null
}

export interface PlainStart {
  /** From the call that loads the handler until it is there. */
  readonly loadMs: number
}

/** Milliseconds that each of some of Node's own modules took, by its id. */
export type BuiltinStart = Readonly<Record<string, number>>

/** The descriptor on which a start tells its result, one line of JSON. */
export const RESULT_DESCRIPTOR = 3

/**
 * A CommonJS program, as the bootstrap of a sandbox is, that loads the module as that one does, with
 * nothing else, and tells how long it took.
 *
 * These programs are text because they run in whatever Node is to be measured, as it comes.
 */
export const plainScript = (plan: StartPlan): string => `'use strict'
${HEAD}
${load(plan)}
const begun = now()
load().then(() => tell({ loadMs: now() - begun }), fail)
`

/** As `plainScript`, with the loaders of both module systems watched. */
export const instrumentedScript = (plan: StartPlan): string => `'use strict'
${HEAD}
const plan = ${JSON.stringify(plan)}
${WATCH}
${load(plan)}
load().then(() => tell(result()), fail)
`

/**
 * Loads some of Node's own modules, one after the other: when ES modules import them, nobody can watch
 * it. What one of them needs of the others is only loaded with the first.
 */
export const builtinScript = (ids: readonly string[]): string => `'use strict'
${HEAD}
const times = {}
for (const id of ${JSON.stringify(ids)}) {
  const begun = now()
  try {
    require(id)
    times[id] = now() - begun
  } catch {
    // It is one that needs a flag.
  }
}
tell(times)
`

const load = ({ modulePath, moduleFormat, sourceMaps }: StartPlan): string => `
const load = async () => {
  ${sourceMaps ? 'process.setSourceMapsEnabled(true)' : ''}
  ${
    moduleFormat === 'commonjs'
      ? `return { handler: require(${JSON.stringify(modulePath)}) }`
      : `return { handler: await import(pathToFileURL(${JSON.stringify(modulePath)}).href) }`
  }
}`

/** All that is needed of globals is kept before the handler's code can change them. */
const HEAD = `
const { writeSync } = require('node:fs')
const { pathToFileURL } = require('node:url')
const now = performance.now.bind(performance)
const { stringify } = JSON
const tell = (result) => writeSync(${RESULT_DESCRIPTOR}, stringify(result) + '\\n')
const fail = (error) => tell({ error: String(error?.message ?? error).split('\\n')[0] })`
