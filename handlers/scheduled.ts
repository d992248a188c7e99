import type { Context } from './lambda.ts'

/** An EventBridge event; a schedule's has the detail type `Scheduled Event` and an empty detail. */
interface Event {
  readonly id?: string
  readonly source?: string
  readonly 'detail-type'?: string
  readonly time?: string
  readonly resources?: readonly string[]
}

interface Outcome {
  readonly task: string
  readonly source: string
  readonly detailType: string
  /** When it was due, and when it ran. ISO 8601. */
  readonly scheduledFor: string
  readonly ranAt: string
  readonly rule: string
  readonly requestId: string
}

/** Does its chore and tells what ran, when, and for which source. */
export async function handler(event: Event, context: Context): Promise<Outcome> {
  const ranAt = new Date().toISOString()
  const rule = event.resources?.[0]?.split('/').at(-1) ?? 'none'
  console.log(`clean-up for ${rule}, due ${event.time ?? 'now'}`)
  return {
    task: 'clean-up',
    source: event.source ?? 'manual',
    detailType: event['detail-type'] ?? 'none',
    scheduledFor: event.time ?? ranAt,
    ranAt,
    rule,
    requestId: context.awsRequestId,
  }
}
