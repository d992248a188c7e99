import { createHash } from 'node:crypto'
import { getObject, putObject } from './store.ts'

interface Event {
  /** The object to fetch. */
  readonly source?: string
  /** The name to store it under. */
  readonly target?: string
}

interface Stored {
  readonly key: string
  readonly bytes: number
  readonly sha256: string
}

/** Fetches an object, hashes it and stores it. */
export async function handler(event: Event): Promise<Stored> {
  const { source, target } = event
  if (!source || !target) throw new TypeError("The event must name a 'source' and a 'target'")
  const content = await getObject(source)
  const sha256 = createHash('sha256').update(content).digest('hex')
  await putObject(target, content)
  return { key: target, bytes: content.length, sha256 }
}
