import { type Context, type HttpResponse, json } from './lambda.ts'

interface Event {
  readonly name?: string
}

/** Greets. `{ "name": "AWS Lambda" }` → `Hello, AWS Lambda!` */
export async function handler(event: Event, context: Context): Promise<HttpResponse> {
  return json(200, {
    message: `Hello, ${event.name ?? 'World'}!`,
    functionName: context.functionName,
    timestamp: new Date().toISOString(),
  })
}
