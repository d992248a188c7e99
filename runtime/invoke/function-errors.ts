import type { RequestId } from '../kernel/ids.ts'
import type { RuntimeExit } from '../sandbox/sandbox.ts'

/**
 * The error objects that the platform, not the runtime, gives a caller. Texts and key order as
 * recorded from the real service (localstack, `tests/aws/services/lambda_`, snapshots of 2025).
 */
export interface PlatformError {
  readonly errorType: string
  readonly payload: Uint8Array
}

/** @param timeoutMs the function's timeout; printed as seconds with two decimals. */
export function timeoutError(requestId: RequestId, timeoutMs: number): PlatformError {
  const seconds = (timeoutMs / 1_000).toFixed(2)
  return platformError('Sandbox.Timedout', requestId, `Task timed out after ${seconds} seconds`)
}

/** A runtime that ended before it had answered. */
export function exitError(requestId: RequestId, exit: RuntimeExit): PlatformError {
  return platformError('Runtime.ExitError', requestId, exitText(exit))
}

function exitText({ code, signal }: RuntimeExit): string {
  if (signal !== undefined) return `Runtime exited with error: signal: ${signalText(signal)}`
  if (code === 0) return 'Runtime exited without providing a reason'
  return `Runtime exited with error: exit status ${code}`
}

/** Signals as Go names them, which is what Lambda prints. */
const SIGNAL_TEXTS: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGHUP: 'hangup',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGPIPE: 'broken pipe',
  SIGQUIT: 'quit',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap',
}

const signalText = (signal: string): string => SIGNAL_TEXTS[signal] ?? signal

function platformError(errorType: string, requestId: RequestId, text: string): PlatformError {
  const errorMessage = `RequestId: ${requestId} Error: ${text}`
  const payload = new TextEncoder().encode(JSON.stringify({ errorType, errorMessage }))
  return { errorType, payload }
}
