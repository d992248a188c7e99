import type { FunctionContextFields, InvokeMessage } from '../runtime-api/protocol.ts'
import { nowUs } from './stamp.ts'

/** What ends an invocation: a result, or an error. */
export interface Completion {
  readonly succeed: (result: unknown) => void
  readonly succeedWhenLoopIsEmpty: (result: unknown) => void
  readonly fail: (error: unknown) => void
}

export interface InvocationContext {
  callbackWaitsForEmptyEventLoop: boolean
  readonly [field: string]: unknown
}

/**
 * Lambda's context object. `done`, `succeed` and `fail` end the invocation at once.
 * Source: AWS Lambda Developer Guide, "Using the Lambda context object to retrieve Node.js
 * function information".
 *
 * @throws SyntaxError when the client context is not JSON.
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
    getRemainingTimeInMillis: () => remainingMs(invoke),
    succeed,
    fail: (error: unknown) => fail(isNothing(error) ? 'handled' : error),
    done: (error: unknown, result: unknown) => (isNothing(error) ? succeed(result) : fail(error)),
  }
}

/** The same completion, of which only the first call of any kind counts. */
export function firstOnly(completion: Completion): Completion {
  let isDecided = false
  const once = (act: (value: unknown) => void) => (value: unknown) => {
    if (isDecided) return
    isDecided = true
    act(value)
  }
  return {
    succeed: once(completion.succeed),
    succeedWhenLoopIsEmpty: once(completion.succeedWhenLoopIsEmpty),
    fail: once(completion.fail),
  }
}

export const isNothing = (value: unknown): value is null | undefined =>
  value === null || value === undefined

/** Milliseconds with a measured fraction; negative once the deadline has passed. */
const remainingMs = ({ deadlineUs }: InvokeMessage): number => (deadlineUs - nowUs()) / 1_000
