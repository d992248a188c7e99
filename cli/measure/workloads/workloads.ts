import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readSamTemplate } from '../../../runtime/functions/sam-template.ts'
import { UsageError } from '../../exit-codes.ts'
import type { Measurand } from '../bench/variants.ts'

/**
 * The workloads that ship with the package, after the idea of the benchmark suite SeBS: the logical
 * ids of their template, each with an event that it succeeds with however often it comes.
 */
export const WORKLOADS: Readonly<Record<string, string>> = {
  sleep: '{"ms":10}',
  dynamicHtml: '{"customer":"Ada <ada@example.com>","count":100}',
  upload: '{"source":"uploads/report.bin","target":"uploaded/report.bin"}',
  crud: JSON.stringify({
    httpMethod: 'PUT',
    path: '/notes/note-07',
    body: JSON.stringify({ title: 'Low tide', text: 'The boats lie on the sand until six.' }),
  }),
  thumbnail: '{"source":"photos/beach.png","target":"thumbnails/beach.png","width":160}',
  compression: '{"prefix":"texts/","target":"archives/texts.tar.gz"}',
}

/** All workloads, as they are to be measured with the store at that address. */
export function workloadMeasurands(standInUrl: string): Measurand[] {
  const path = templatePath()
  const text = readFileSync(path, 'utf8')
  const { functions } = readSamTemplate({ text, fileName: path, folder: dirname(path) })
  return functions.map((input) => ({
    target: input.name,
    input: { ...input, environment: { ...input.environment, STORE_URL: standInUrl } },
    payload: WORKLOADS[input.logicalId ?? input.name] ?? '{}',
    build: null,
  }))
}

/** Beside the sources in a clone, a folder further up from the built command in the package. */
function templatePath(): string {
  const places = ['../../../handlers', '../../../../handlers']
  const paths = places.map((place) =>
    fileURLToPath(new URL(`${place}/workloads/template.yaml`, import.meta.url)),
  )
  const path = paths.find((each) => existsSync(each))
  if (path === undefined) throw new UsageError('The workloads are missing from this package')
  return path
}
