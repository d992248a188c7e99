import type { FunctionVersion } from '../../../runtime/functions/function-version.ts'
import type { RequestId, SandboxId } from '../../../runtime/kernel/ids.ts'
import type { InitOutcome, InvokeOutcome, RuntimeExit } from '../../../runtime/sandbox/sandbox.ts'
import { InvocationRun } from '../../../runtime/scheduler/invocation-run.ts'
import type { AssignReason, FinishKind } from '../../../runtime/scheduler/scheduler-events.ts'

/** Instants are milliseconds since the invocation arrived. */
export const us = (ms: number): number => ms * 1_000

export const requestId = '11111111-1111-4111-8111-111111111111' as RequestId

export const version = {
  config: { name: 'f', timeoutMs: 3_000, memorySizeMb: 128 },
  version: '$LATEST',
  arn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
} as FunctionVersion

export function newRun(why: AssignReason): InvocationRun {
  const run = new InvocationRun({
    requestId,
    version,
    qualifier: undefined,
    event: new Uint8Array(),
    forceCold: false,
    invokedFunctionArn: version.arn,
    traceId: 'Root=1',
    clientContext: undefined,
    arrivedUs: 0,
  })
  const sandboxId = 's' as SandboxId
  run.assignment = { sandboxId, isolation: 'process', why, concurrency: 'on-demand' }
  return run
}

export const payloadOf = (value: unknown): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(value))

/** Spawned 10 ms and booted 30 ms after it began. */
const stampsOf = (beginMs: number, endMs: number | undefined) => ({
  beginUs: us(beginMs),
  spawnedUs: us(beginMs + 10),
  bootedUs: us(beginMs + 30),
  initialisedUs: endMs === undefined ? undefined : us(endMs),
})

export const ready = (beginMs: number, endMs: number): InitOutcome => ({
  kind: 'ready',
  stamps: stampsOf(beginMs, endMs),
  nodeVersion: 'v22.0.0',
})

export const initError = (beginMs: number, endMs: number, errorType = 'Boom'): InitOutcome => ({
  kind: 'error',
  stamps: stampsOf(beginMs, endMs),
  errorType,
  payload: payloadOf({ errorType, errorMessage: 'at import', trace: [] }),
})

export const exited = (exit: RuntimeExit, beginMs = 0): InitOutcome => ({
  kind: 'exited',
  stamps: stampsOf(beginMs, undefined),
  exit,
})

export const CRASH: RuntimeExit = { code: 3, signal: undefined, expected: false }
export const KILLED: RuntimeExit = { code: undefined, signal: 'SIGKILL', expected: true }

export const response = (receivedMs: number, finishedMs: number): InvokeOutcome => ({
  kind: 'response',
  payload: payloadOf({ ok: true }),
  stamps: { receivedUs: us(receivedMs), finishedUs: us(finishedMs) },
  served: 7,
})

export const failure = (finishedMs: number, fatal: boolean): InvokeOutcome => ({
  kind: 'error',
  payload: payloadOf({ errorType: 'OrderError', errorMessage: 'no', trace: [] }),
  errorType: 'OrderError',
  stamps: { receivedUs: us(finishedMs - 1), finishedUs: us(finishedMs) },
  served: 7,
  fatal,
})

/** A whole init phase, from `beginMs` to `endMs`. */
export function init(
  run: InvocationRun,
  phase: 'init' | 'invoke',
  beginMs: number,
  endMs: number,
  outcome: InitOutcome = ready(beginMs, endMs),
): void {
  run.initBegins(phase, us(beginMs))
  run.initEnded(phase, outcome, us(endMs))
}

/** Handed to the runtime at one instant, with an outcome that was seen at another. */
export function answer(
  run: InvocationRun,
  atMs: number,
  outcome: InvokeOutcome,
  seenMs: number,
  how: FinishKind = 'answered',
): InvocationRun {
  run.leftQueue(us(atMs))
  run.dispatched(us(atMs))
  run.answered(outcome, us(seenMs))
  run.how = how
  run.peakMemoryBytes = 36.2 * 1_048_576
  return run
}

/** It never got as far as its handler. */
export function finish(run: InvocationRun, how: FinishKind): InvocationRun {
  run.how = how
  run.peakMemoryBytes = 36.2 * 1_048_576
  return run
}
