import type { FunctionContextFields, InvokeMessage } from '../runtime-api/protocol.ts'
import { wallMs } from './stamp.ts'

/** What ends an invocation: a result, or an error. The first one counts. */
export interface Completion {
  succeed(result: unknown): void
  fail(error: unknown): void
}

export interface InvocationContext {
  callbackWaitsForEmptyEventLoop: boolean
  readonly [field: string]: unknown
}

/**
 * Lambda's context object. `done`, `succeed` and `fail` end the invocation at once.
 * Source: AWS Lambda Developer Guide, "Using the Lambda context object to retrieve Node.js
 * function information".
 */
export function invocationContext(
  fixed: FunctionContextFields,
  invoke: InvokeMessage,
  { succeed, fail }: Completion,
): InvocationContext {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: fixed.functionName,
    functionVersion: fixed.functionVersion,
    invokedFunctionArn: invoke.invokedFunctionArn,
    memoryLimitInMB: String(fixed.memoryLimitMb),
    awsRequestId: invoke.requestId,
    logGroupName: fixed.logGroupName,
    logStreamName: fixed.logStreamName,
    identity: undefined,
    clientContext:
      invoke.clientContext === undefined ? undefined : JSON.parse(invoke.clientContext),
    getRemainingTimeInMillis: () => invoke.deadlineMs - wallMs(),
    succeed,
    fail: (error: unknown = 'handled') => fail(error),
    done: (error: unknown, result: unknown) => (isNothing(error) ? succeed(result) : fail(error)),
  }
}

export const isNothing = (value: unknown): value is null | undefined =>
  value === null || value === undefined
