import { existsSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FunctionInput } from '../runtime/functions/function-config.ts'
import { readSamTemplate } from '../runtime/functions/sam-template.ts'
import { UsageError } from './exit-codes.ts'

/** The functions that a template declares. */
export interface Manifest {
  readonly functions: readonly FunctionInput[]
  /** Whose prices functions are to be reckoned with, by logical id. */
  readonly priceRegions: Readonly<Record<string, string>>
  /** Where each is declared, as messages say it, by logical id. */
  readonly places: Readonly<Record<string, string>>
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
 * @throws UsageError when the named one cannot be read, SandlotError when it is not a good template.
 */
export function readManifest(named: string | undefined): Manifest {
  const found = named ?? PLACES.find((place) => existsSync(place))
  return found === undefined ? readSamples() : { ...read(found), label: found, isSamples: false }
}

/** The samples that ship with the package, whatever lies in this folder. */
export function readSamples(): Manifest {
  const path = relative('', samplesPath())
  return { ...read(path), label: 'the samples that ship with Sandlot', isSamples: true }
}

function read(fileName: string) {
  return readSamTemplate({
    text: textOf(fileName),
    fileName,
    folder: dirname(resolve(fileName)),
  })
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new UsageError(`Template ${path} was not found`)
    }
    throw new UsageError(`Template ${path} cannot be read: ${(error as Error).message}`)
  }
}

/** Beside the sources in a clone, two folders up from the built command in the package. */
function samplesPath(): string {
  const places = ['../handlers/template.yaml', '../../handlers/template.yaml']
  const paths = places.map((place) => fileURLToPath(new URL(place, import.meta.url)))
  const path = paths.find((each) => existsSync(each))
  if (path === undefined) throw new UsageError('No template.yaml in this folder')
  return path
}
