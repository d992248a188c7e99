/** The parts of Lambda's context object that the samples use. */
export interface Context {
  readonly functionName: string
  /** Megabytes, as text. */
  readonly memoryLimitInMB: string
  readonly awsRequestId: string
  /** Milliseconds until the function's time is up. */
  getRemainingTimeInMillis(): number
}

/** What API Gateway and function URLs turn into an HTTP response. */
export interface HttpResponse {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** An HTTP response with a JSON body. */
export function json(
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
}
