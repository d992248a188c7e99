import { type HttpResponse, json } from './lambda.ts'

interface Event {
  readonly shouldFail?: boolean
}

/** Fails on request, to see how Lambda reports an error that a handler throws. */
export async function handler(event: Event): Promise<HttpResponse> {
  if (event.shouldFail) throw new Error('This handler was asked to fail')
  return json(200, { message: 'No error this time' })
}
