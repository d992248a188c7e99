import { LambdaClient } from '@aws-sdk/client-lambda'
import { expect } from 'vitest'

/** The AWS SDK's client, which tries nothing twice. */
export const lambdaClient = (endpoint: string): LambdaClient =>
  new LambdaClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  })

/** What the client throws, as a test can compare it. */
export async function refusal(act: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await act.then(
    () => expect.fail('it was not refused'),
    (thrown: Error & Record<string, unknown>) => thrown,
  )
  const { name, message, Reason, $metadata } = error
  const { httpStatusCode } = $metadata as { httpStatusCode: number }
  return { status: httpStatusCode, name, message, ...(Reason !== undefined && { Reason }) }
}

/** Without what every answer has. */
export async function answer<Output extends { $metadata: { httpStatusCode?: number } }>(
  sent: Promise<Output>,
) {
  const { $metadata, ...rest } = await sent
  return { status: $metadata.httpStatusCode, ...rest }
}
