import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { getObject, listObjects, putObject } from './store.ts'
import { tar } from './tar.ts'

interface Event {
  /** What the names of the objects to archive begin with. */
  readonly prefix?: string
  /** The name to store the archive under. */
  readonly target?: string
  /** Default `gzip`. */
  readonly format?: 'gzip' | 'brotli'
}

interface Archive {
  readonly key: string
  readonly files: number
  readonly bytes: number
  readonly archiveBytes: number
}

/** Fetches files, packs and compresses them and stores the archive. */
export async function handler({ prefix, target, format = 'gzip' }: Event): Promise<Archive> {
  if (!prefix || !target) throw new TypeError("The event must name a 'prefix' and a 'target'")
  const compress = COMPRESSORS[format]
  if (compress === undefined) throw new TypeError("'format' must be 'gzip' or 'brotli'")
  const names = await listObjects(prefix)
  const files = await Promise.all(
    names.map(async (name) => ({ name, content: await getObject(name) })),
  )
  const archive = await compress(tar(files))
  await putObject(target, archive)
  const bytes = files.reduce((sum, { content }) => sum + content.length, 0)
  return { key: target, files: files.length, bytes, archiveBytes: archive.length }
}

const COMPRESSORS: Readonly<Record<string, (content: Uint8Array) => Promise<Buffer>>> = {
  gzip: (content) => promisify(gzip)(content),
  // The quality that servers use; the highest takes a hundred times as long.
  brotli: (content) =>
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
}
