import type { IncomingMessage } from 'node:http'
import { MAX_EVENT_BYTES } from '../invoke/payload-limits.ts'
import { SandlotError } from '../kernel/errors.ts'

/**
 * The whole body, up to Lambda's limit of 6 MB. One that announces more is refused unread; one that
 * turns out longer is refused there and not kept.
 *
 * @throws SandlotError `RequestTooLarge`; `InvalidRequestContent` when the client breaks off.
 */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_EVENT_BYTES) throw tooLarge()
  const pieces: Buffer[] = []
  let length = 0
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      length += piece.length
      if (length > MAX_EVENT_BYTES) throw tooLarge()
      pieces.push(piece)
    }
  } catch (error) {
    if (error instanceof SandlotError) throw error
    throw new SandlotError('InvalidRequestContent', 'The request broke off', { cause: error })
  }
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
}

const tooLarge = (): SandlotError =>
  new SandlotError(
    'RequestTooLarge',
    `Request must be smaller than ${MAX_EVENT_BYTES} bytes for the InvokeFunction operation`,
  )
