import { SandlotError } from '../kernel/errors.ts'

/** Largest event of a synchronous invocation, in bytes. AWS Lambda Developer Guide, "Lambda quotas". */
export const MAX_EVENT_BYTES = 6 * 1_048_576

const encoder = new TextEncoder()
const EMPTY_EVENT = encoder.encode('{}')

/** As strict as whoever reads the event inside: JSON is UTF-8, without a byte order mark. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The event as bytes, checked: an absent or empty one is `{}`.
 *
 * @throws SandlotError `RequestTooLarge` beyond 6 MB, `InvalidRequestContent` when it is not JSON.
 */
export function checkedEvent(payload: Uint8Array | string | undefined): Uint8Array {
  if (payload === undefined || payload.length === 0) return EMPTY_EVENT
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  if (bytes.length > MAX_EVENT_BYTES) {
    throw new SandlotError(
      'RequestTooLarge',
      `Request must be smaller than ${MAX_EVENT_BYTES} bytes for the InvokeFunction operation`,
    )
  }
  try {
    JSON.parse(typeof payload === 'string' ? payload : utf8.decode(bytes))
  } catch (error) {
    throw new SandlotError(
      'InvalidRequestContent',
      `Could not parse request body into json: Could not parse payload into json: ${(error as Error).message}`,
      { cause: error },
    )
  }
  return bytes
}
