import { existsSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FunctionInput } from '../runtime/functions/function-config.ts'
import { readSamTemplate } from '../runtime/functions/sam-template.ts'
import { UsageError } from './exit-codes.ts'

/** The functions that a template declares. */
export interface Manifest {
  readonly functions: readonly FunctionInput[]
  readonly warnings: readonly string[]
  /** As messages name the file. */
  readonly label: string
  /** No template was found here: these are the samples that ship with the package. */
  readonly isSamples: boolean
}

const PLACES = ['template.yaml', 'template.yml', 'handlers/template.yaml']

/**
 * Reads the template that was named, else the one of this folder, else the samples.
 *
 * @throws UsageError when the named one is not there, SandlotError when it is not a good template.
 */
export function readManifest(named: string | undefined): Manifest {
  if (named !== undefined && !existsSync(named)) {
    throw new UsageError(`Template ${named} was not found`)
  }
  const found = named ?? PLACES.find((place) => existsSync(place))
  const path = resolve(found ?? samplesPath())
  const label = found ?? 'the samples that ship with Sandlot'
  const source = {
    text: readFileSync(path, 'utf8'),
    fileName: found ?? relative('', path),
    folder: dirname(path),
  }
  return { ...readSamTemplate(source), label, isSamples: found === undefined }
}

/** Beside the sources in a clone, two folders up from the built command in the package. */
function samplesPath(): string {
  const places = ['../handlers/template.yaml', '../../handlers/template.yaml']
  const paths = places.map((place) => fileURLToPath(new URL(place, import.meta.url)))
  const path = paths.find((each) => existsSync(each))
  if (path === undefined) throw new UsageError('No template.yaml in this folder')
  return path
}
