import { runtimeError } from './error-serializer.ts'
import type { Handler } from './handler-loader.ts'
import { type Completion, type InvocationContext, isNothing } from './invocation-context.ts'

/** Calls back once, when nothing keeps the event loop alive any more. Returns the way to cancel. */
export type WhenLoopIsEmpty = (callback: () => void) => () => void

export interface HandlerCall {
  readonly handler: Handler
  readonly event: unknown
  readonly context: InvocationContext
  readonly completion: Completion
  readonly whenLoopIsEmpty: WhenLoopIsEmpty
}

/**
 * Calls a handler in the forms that nodejs18 to nodejs22 know: a promise decides by itself; a
 * callback's result waits for an empty event loop unless told not to; a handler that does neither
 * ends with `null` when the loop is empty. Whatever comes after the first completion is ignored.
 * Source: aws-lambda-nodejs-runtime-interface-client 3.x, `CallbackContext.js`.
 */
export function callHandler(call: HandlerCall): void {
  const { handler, event, context, completion } = call
  let cancelWait: () => void = () => {}
  let waitingResult: { readonly value: unknown } | undefined
  const callback = (error: unknown, result: unknown): void => {
    if (!isNothing(error)) completion.fail(error)
    else if (context.callbackWaitsForEmptyEventLoop) waitingResult ??= { value: result }
    else completion.succeed(result)
  }
  // Decided by the function's kind: a plain function may return a promise that nobody waits for.
  const isAsync = handler.constructor.name === 'AsyncFunction'
  cancelWait = call.whenLoopIsEmpty(() => {
    if (waitingResult !== undefined) completion.succeed(waitingResult.value)
    else if (isAsync) completion.fail(neverSettled())
    else completion.succeed(null)
  })
  try {
    const returned = handler(event, context, callback)
    if (!isThenable(returned)) return
    const settle = (act: () => void): void => {
      cancelWait()
      act()
    }
    returned.then(
      (result) => settle(() => completion.succeed(result)),
      (error: unknown) => settle(() => completion.fail(error)),
    )
  } catch (error) {
    cancelWait()
    completion.fail(error)
  }
}

const neverSettled = (): Error =>
  runtimeError(
    'Runtime.NodeJsExit',
    'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#process_exit_codes',
  )

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
