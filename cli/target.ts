import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, resolve } from 'node:path'
import { didYouMean } from '../runtime/functions/did-you-mean.ts'
import type { FunctionInput } from '../runtime/functions/function-config.ts'
import { HANDLER_EXTENSIONS } from '../runtime/functions/handler-string.ts'
import { UsageError } from './exit-codes.ts'
import { type Manifest, readManifest } from './manifest.ts'

/** What the command line says over what the template says. */
export interface Overrides {
  readonly timeoutMs?: number | undefined
  readonly memorySizeMb?: number | undefined
  readonly environment?: Readonly<Record<string, string>> | undefined
  readonly isolation?: 'process' | 'thread' | undefined
  readonly network?: 'host' | 'none' | undefined
}

export interface Target {
  readonly input: FunctionInput
  /** What its template says of it and Sandlot does not honour. */
  readonly warnings: readonly string[]
}

/**
 * The function that `<function|file>` means: the path of a handler's file, `path/file.export`, or
 * the name or logical id of a function in the template of this folder.
 *
 * @throws UsageError when it means nothing, SandlotError when the template is not a good one.
 */
export function resolveTarget(
  target: string,
  overrides: Overrides,
  manifest: () => Manifest = () => readManifest(undefined),
): Target {
  const { input, warnings } = find(target, manifest)
  const { timeoutMs, memorySizeMb, environment, isolation, network } = overrides
  return {
    warnings,
    input: {
      ...input,
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(memorySizeMb !== undefined && { memorySizeMb }),
      ...(isolation !== undefined && { isolation }),
      ...(network !== undefined && { network }),
      environment: { ...input.environment, ...environment },
    },
  }
}

function find(target: string, manifest: () => Manifest): Target {
  if (hasHandlerExtension(target) || isFile(target)) {
    return { input: fromFile(target), warnings: [] }
  }
  // No function's name has a dot or a slash in it.
  if (/^[A-Za-z0-9-_]+$/.test(target)) return fromTemplate(target, manifest())
  return { input: fromHandlerString(target), warnings: [] }
}

function fromFile(target: string): FunctionInput {
  const path = resolve(target)
  const file = basename(path)
  if (!isFile(path)) {
    throw new UsageError(`Handler file not found: ${target}${guess(file, dirname(path))}`)
  }
  if (!hasHandlerExtension(file)) {
    throw new UsageError(
      `Handler file ${target}: its name must end in ${HANDLER_EXTENSIONS.join(' ')}`,
    )
  }
  return { name: nameFrom(basename(file, extname(file))), handler: file, rootDir: dirname(path) }
}

function fromTemplate(target: string, { functions, warnings, label }: Manifest): Target {
  const input = functions.find(({ name, logicalId }) => name === target || logicalId === target)
  if (input === undefined) {
    const ids = functions.flatMap(({ name, logicalId }) => (logicalId ? [logicalId, name] : [name]))
    const names = functions.map(({ name, logicalId }) => logicalId ?? name)
    throw new UsageError(
      `'${target}' is neither a handler file nor a function of ${label}${didYouMean(target, ids)}`,
      `Functions there: ${names.join(', ')}`,
    )
  }
  // Versions and what is provisioned of them are for servers: this is one function by itself, `$LATEST`.
  const { autoPublishAlias: _alias, provisionedConcurrency: _count, ...alone } = input
  const owners = ['Globals.Function', input.logicalId ?? input.name]
  return {
    input: alone,
    warnings: warnings.filter((line) => owners.some((owner) => line.includes(`: ${owner}: `))),
  }
}

/** The folder where the command runs is the code's root, as a template's `CodeUri: .` would say. */
function fromHandlerString(target: string): FunctionInput {
  const name = nameFrom(basename(target).split('.')[0] ?? '')
  // A handler string may not leave its root: what lies elsewhere has its own folder as root.
  const isElsewhere = target.startsWith('/') || target.split('/').includes('..')
  return isElsewhere
    ? { name, handler: basename(target), rootDir: resolve(dirname(target)) }
    : { name, handler: target.replace(/^(\.\/)+/, ''), rootDir: resolve('.') }
}

const hasHandlerExtension = (path: string): boolean =>
  HANDLER_EXTENSIONS.some((extension) => path.endsWith(extension))

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true

function guess(name: string, folder: string): string {
  const names = existsSync(folder) ? readdirSync(folder).filter(hasHandlerExtension) : []
  return didYouMean(name, names)
}

const nameFrom = (text: string): string =>
  text.replaceAll(/[^A-Za-z0-9-_]/g, '-').slice(0, 64) || 'handler'
