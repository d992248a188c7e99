import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { BuildFailure, Message, Metafile } from 'esbuild'
import { SandlotError } from '../kernel/errors.ts'
import type { HandlerFile } from './handler-file.ts'

/**
 * What a source file exports, as far as that is certain without running it: the names of an ES
 * module; `undefined` for CommonJS, and where names are passed on from another module.
 *
 * @throws SandlotError `InvalidHandler` on a syntax error.
 */
export async function exportsOfSource(file: HandlerFile): Promise<readonly string[] | undefined> {
  const { build } = await import('esbuild')
  try {
    const { metafile } = await build({
      entryPoints: [file.path],
      bundle: false,
      write: false,
      outdir: '/',
      format: 'esm',
      logLevel: 'silent',
      metafile: true,
    })
    const isModule = Object.values(metafile.inputs).some(({ format }) => format === 'esm')
    const isCertain = (isModule || file.format === 'module') && !passesOn(file)
    return isCertain ? exportsIn(metafile) : undefined
  } catch (error) {
    throw syntaxError(file, error)
  }
}

/** `export *` gives names that this file does not show. */
const passesOn = ({ path }: HandlerFile): boolean =>
  /\bexport\s*\*/.test(readFileSync(path, 'utf8'))

/** The entry's exports, out of what the bundler tells of its output. */
const exportsIn = ({ outputs }: Metafile): readonly string[] =>
  Object.values(outputs).find(({ entryPoint }) => entryPoint)?.exports ?? []

/** The first error of a failed build, as one line: where, and what. */
export function syntaxError(file: HandlerFile, error: unknown): SandlotError {
  const [first] = (error as Partial<BuildFailure>).errors ?? []
  const text = first === undefined ? (error as Error).message : first.text
  return new SandlotError('InvalidHandler', `${placeOf(file, first)}: ${text}`, { cause: error })
}

function placeOf(file: HandlerFile, error: Message | undefined): string {
  const location = error?.location
  if (!location) return file.label
  const path = file.path.endsWith(location.file) ? file.label : relative('', location.file)
  return `${path}:${location.line}:${location.column + 1}`
}
