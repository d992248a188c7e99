import { runtimeError } from './error-serializer.ts'
import type { Handler } from './handler-loader.ts'
import {
  type Completion,
  firstOnly,
  type InvocationContext,
  isNothing,
} from './invocation-context.ts'

export interface HandlerCall {
  readonly handler: Handler
  /** The event, JSON. */
  readonly event: string
  readonly makeContext: (completion: Completion) => InvocationContext
  readonly completion: Completion
  /** Runs an act once nothing keeps the event loop alive any more, instead of the one set before. */
  readonly whenLoopIsEmpty: (act: () => void) => void
}

/**
 * Calls a handler in the forms that nodejs18 to nodejs22 know: a promise decides by itself; a
 * callback's result waits for an empty event loop unless told not to; a handler that does neither
 * ends when the loop is empty, with `null` or, if it is async, with an error. Whatever comes after
 * the first of these is ignored.
 * Source: aws-lambda-nodejs-runtime-interface-client 3.x, `Runtime.js` and `CallbackContext.js`.
 */
export function callHandler(call: HandlerCall): void {
  const { handler, completion, whenLoopIsEmpty } = call
  const first = firstOnly(completion)
  whenLoopIsEmpty(() => {
    // Decided by the function's kind: a plain function may return a promise that nobody waits for.
    if (isAsyncFunction(handler)) completion.fail(neverSettled())
    else completion.succeed(null)
  })
  try {
    const context = call.makeContext(first)
    const callback = (error: unknown, result: unknown): void => {
      if (!isNothing(error)) first.fail(error)
      else if (context.callbackWaitsForEmptyEventLoop) first.succeedWhenLoopIsEmpty(result)
      else first.succeed(result)
    }
    const returned = handler(JSON.parse(call.event), context, callback)
    if (isThenable(returned)) returned.then(first.succeed, first.fail)
  } catch (error) {
    first.fail(error)
  }
}

const isAsyncFunction = (handler: Handler): boolean => handler.constructor?.name === 'AsyncFunction'

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'

const neverSettled = (): Error =>
  runtimeError(
    'Runtime.NodeJsExit',
    'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
  )
