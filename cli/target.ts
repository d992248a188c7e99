import { existsSync } from 'node:fs'
import { basename, dirname, extname, resolve } from 'node:path'
import type { FunctionInput } from '../runtime/functions/function-config.ts'
import { HANDLER_EXTENSIONS } from '../runtime/functions/handler-string.ts'
import { UsageError } from './exit-codes.ts'
import { readManifest } from './manifest.ts'

/** What the command line says over what the template says. */
export interface Overrides {
  readonly timeoutMs?: number | undefined
  readonly memorySizeMb?: number | undefined
  readonly environment?: Readonly<Record<string, string>> | undefined
  readonly isolation?: 'process' | 'thread' | undefined
}

/**
 * The function that `<function|file>` means: the path of a handler's file, `path/file.export`, or
 * the name or logical id of a function in the template of this folder.
 *
 * @throws UsageError when it means nothing.
 */
export function resolveTarget(target: string, overrides: Overrides): FunctionInput {
  const found = fromFile(target) ?? fromTemplate(target) ?? fromHandlerString(target)
  const { timeoutMs, memorySizeMb, environment, isolation } = overrides
  return {
    ...found,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(memorySizeMb !== undefined && { memorySizeMb }),
    ...(isolation !== undefined && { isolation }),
    environment: { ...found.environment, ...environment },
  }
}

function fromFile(target: string): FunctionInput | undefined {
  const extension = extname(target)
  if (!HANDLER_EXTENSIONS.some((known) => known === extension)) return undefined
  if (!existsSync(target)) throw new UsageError(`Handler file ${target} was not found`)
  const path = resolve(target)
  return {
    name: nameFrom(basename(path, extension)),
    handler: basename(path),
    rootDir: dirname(path),
  }
}

/** A folder in the name means a path: no function is called that. */
function fromTemplate(target: string): FunctionInput | undefined {
  if (target.includes('/')) return undefined
  const { functions, label } = readManifest(undefined)
  const found = functions.find(({ name, logicalId }) => name === target || logicalId === target)
  if (found !== undefined || target.includes('.')) return found
  const names = functions.map(({ name, logicalId }) => logicalId ?? name).join(', ')
  throw new UsageError(
    `'${target}' is neither a handler file nor a function of ${label}; functions there: ${names}`,
  )
}

function fromHandlerString(target: string): FunctionInput {
  const name = nameFrom(basename(target).split('.')[0] ?? '')
  return { name, handler: target, rootDir: resolve('.') }
}

const nameFrom = (text: string): string =>
  text.replaceAll(/[^A-Za-z0-9-_]/g, '-').slice(0, 64) || 'handler'
