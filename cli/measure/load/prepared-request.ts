import { AwsV4Signer } from 'aws4fetch'
import type { RequestTemplate } from './generator-messages.ts'

/** What is handed to the HTTP client for each request; the same object for all. */
export interface DispatchOptions {
  readonly path: string
  readonly method: string
  readonly headers: string[]
  readonly body: Buffer | null
}

/** AWS takes a signature that is up to five minutes old. */
const SIGNATURE_LIFE_MS = 60_000

/** A request that is made once and sent many times. What has a signature is made anew each minute. */
export class PreparedRequest {
  readonly #template: RequestTemplate
  #timer: NodeJS.Timeout | undefined
  #options: DispatchOptions

  private constructor(template: RequestTemplate, options: DispatchOptions) {
    this.#template = template
    this.#options = options
  }

  static async from(template: RequestTemplate): Promise<PreparedRequest> {
    return new PreparedRequest(template, await optionsOf(template))
  }

  get options(): DispatchOptions {
    return this.#options
  }

  /** Until `close`. */
  keepSigned(): void {
    if (this.#template.signing === null) return
    this.#timer = setInterval(async () => {
      this.#options = await optionsOf(this.#template)
    }, SIGNATURE_LIFE_MS)
  }

  close(): void {
    clearInterval(this.#timer)
  }
}

async function optionsOf(template: RequestTemplate): Promise<DispatchOptions> {
  const { path, method, body } = template
  const headers = template.signing === null ? template.headers : await signedHeaders(template)
  return {
    path,
    method,
    headers: Object.entries(headers).flat(),
    body: body === '' ? null : Buffer.from(body),
  }
}

async function signedHeaders(template: RequestTemplate): Promise<Record<string, string>> {
  const { origin, path, method, headers, body, signing } = template
  const { headers: signed } = await new AwsV4Signer({
    url: `${origin}${path}`,
    method,
    headers: { ...headers },
    body,
    service: 'lambda',
    region: signing?.region ?? '',
    accessKeyId: signing?.accessKeyId ?? '',
    secretAccessKey: signing?.secretAccessKey ?? '',
    ...(signing?.sessionToken != null && { sessionToken: signing.sessionToken }),
  }).sign()
  // The client sets it itself, from the same address.
  signed.delete('host')
  return Object.fromEntries(signed)
}
