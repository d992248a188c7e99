import type { IncomingHttpHeaders } from 'node:http'
import { SandlotError } from '../kernel/errors.ts'

/**
 * What a JSON body may be sent as: its own types; `application/octet-stream`, as AWS's SDKs send it;
 * plain text; and a form, which is what curl calls every body.
 */
const JSON_TYPES =
  /^(application\/(json|.+\+json|x-amz-json-1\.[01]|octet-stream|x-www-form-urlencoded)|binary\/octet-stream|text\/(json|plain))$/

/** @throws SandlotError `UnsupportedMediaType` for a body that says it is not JSON, or is packed. */
export function checkMediaType(headers: IncomingHttpHeaders): void {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type !== '' && !JSON_TYPES.test(type)) {
    throw refused(`The content type '${type}' is not supported: send the event as JSON`)
  }
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity') {
    throw refused(`The content encoding '${encoding}' is not supported: send the event as it is`)
  }
}

const refused = (message: string): SandlotError => new SandlotError('UnsupportedMediaType', message)
