import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/** So long a receiver may take to answer, milliseconds. */
const POST_TIMEOUT_MS = 5_000

/**
 * Posts JSON. Not `fetch`, which refuses ports such as 6000.
 *
 * @returns what went wrong; `undefined` when the answer's status is one of success.
 */
export function postJson(
  url: URL,
  body: object,
  signal: AbortSignal,
  timeoutMs = POST_TIMEOUT_MS,
): Promise<string | undefined> {
  const text = JSON.stringify(body)
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  }
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  const late = AbortSignal.timeout(timeoutMs)
  const options = { method: 'POST', headers, agent: false, signal: AbortSignal.any([signal, late]) }
  return new Promise((resolve) => {
    const fail = (error: Error): void =>
      resolve(late.aborted ? `no answer within ${timeoutMs / 1_000} seconds` : error.message)
    const outgoing = request(url, options, (response) => {
      const { statusCode = 0 } = response
      response.resume()
      response.on('error', fail)
      response.on('end', () =>
        resolve(statusCode >= 200 && statusCode < 300 ? undefined : `answered ${statusCode}`),
      )
    })
    outgoing.on('error', fail).end(text)
  })
}
