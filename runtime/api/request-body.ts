import type { IncomingMessage } from 'node:http'
import { MAX_EVENT_BYTES } from '../invoke/payload-limits.ts'
import { SandlotError } from '../kernel/errors.ts'
import { checkMediaType } from './media-type.ts'
import type { RequestContext } from './router.ts'

/**
 * The whole body, up to Lambda's limit of 6 MB. One that announces more is refused unread; one that
 * turns out longer is refused there and not kept.
 *
 * @throws SandlotError `UnsupportedMediaType`; `RequestTooLarge`; `InvalidRequestContent` when the
 *   client breaks off.
 */
export async function readBody({
  request,
  response,
}: Pick<RequestContext, 'request' | 'response'>): Promise<Uint8Array> {
  checkMediaType(request.headers)
  if (Number(request.headers['content-length'] ?? 0) > MAX_EVENT_BYTES) throw tooLarge()
  if (awaitsContinue(request)) response.writeContinue()
  return await bodyOf(request)
}

/** With plain listeners: an iterator over a request takes as long as the rest of its way through here. */
function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let length = 0
    request.on('data', (piece: Buffer) => {
      length += piece.length
      if (length <= MAX_EVENT_BYTES) pieces.push(piece)
      // It is not destroyed: that would end the connection before the answer. What comes is forgotten.
      else reject(tooLarge())
    })
    request.on('end', () => {
      resolve(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces))
    })
    request.on('error', (cause) => {
      reject(new SandlotError('InvalidRequestContent', 'The request broke off', { cause }))
    })
  })
}

/** The client sends its body only once it is asked to. */
export const awaitsContinue = ({ headers }: IncomingMessage): boolean =>
  headers.expect?.toLowerCase() === '100-continue'

const tooLarge = (): SandlotError =>
  new SandlotError(
    'RequestTooLarge',
    `Request must be smaller than ${MAX_EVENT_BYTES} bytes for the InvokeFunction operation`,
  )
