import type { RequestTemplate, Signing } from './generator-messages.ts'

/** Lambda's Invoke, which answers with the end of the log: its REPORT line tells cold from warm. */
export function invokeRequest(
  origin: string,
  functionName: string,
  payload: string,
  signing: Signing | null = null,
): RequestTemplate {
  return {
    answers: 'lambda',
    origin,
    path: `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-amz-log-type': 'Tail' },
    body: payload,
    signing,
  }
}
