import { type Context, type HttpResponse, json } from './lambda.ts'

interface Event {
  readonly data?: unknown
}

/** Squares numbers. `{ "data": [1, 2, 3] }` → `processed: [1, 4, 9]` */
export async function handler(event: Event, context: Context): Promise<HttpResponse> {
  const { data } = event
  if (!isNumbers(data)) {
    return json(400, { error: "'data' must be an array of numbers" })
  }
  return json(200, {
    original: data,
    processed: data.map((value) => value ** 2),
    count: data.length,
    memoryLimit: `${context.memoryLimitInMB}MB`,
    remainingTime: `${context.getRemainingTimeInMillis().toFixed(2)}ms`,
  })
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number')
