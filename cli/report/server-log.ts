import { pino } from 'pino'
import type { AnsweredRequest } from '../../runtime/api/http-server.ts'
import type { Emulator } from '../../runtime/emulator.ts'
import type { FunctionVersion } from '../../runtime/functions/function-version.ts'
import type { InvokeResult } from '../../runtime/invoke/invocation.ts'
import { isSandlotError } from '../../runtime/kernel/errors.ts'
import type { PlatformEvent, ProvisionedEvent } from '../../runtime/telemetry/platform-events.ts'
import { functionLine } from './function-line.ts'
import { logLineStream } from './log-line-stream.ts'
import type { RequestRecord } from './log-record.ts'

/** What a server tells while it runs: what functions print, and how each request ended. */
export interface ServerLog {
  started(url: string, emulator: Emulator, warnings: readonly string[]): void
  onEvent(event: PlatformEvent): void
  /** Where provisioned concurrency stands that is all there, or cannot be. */
  provisioned(of: Provisioned): void
  onAnswer(answered: AnsweredRequest): void
  closing(signal: string): void
}

type Provisioned = Pick<
  ProvisionedEvent,
  'functionName' | 'version' | 'requested' | 'allocated' | 'status'
>

/** JSON lines, or short lines for people. Both to standard output. */
export function openServerLog(
  functions: readonly FunctionVersion[],
  { json }: { readonly json: boolean },
): ServerLog {
  // What functions print at their lowest level is shown, too.
  const options = { base: null, level: 'trace' }
  const logger = pino(options, json ? process.stdout : logLineStream(functions))
  const provisioned = (of: Provisioned): void => {
    const { functionName, version, requested, allocated, status } = of
    const record = { function: functionName, version, requested, allocated, status }
    const level = status === 'FAILED' ? 'warn' : 'info'
    logger[level]({ type: 'provisioned', ...record }, provisionedText(of))
  }
  return {
    started: (url, { accountLimit, reaped }, warnings) => {
      for (const warning of warnings) logger.warn(warning)
      const names = functions.map(({ config }) => config.name)
      logger.info({ url, pid: process.pid, functions: names, accountLimit, reaped }, 'serving')
    },
    onEvent: (event) => {
      if (event.type === 'function') {
        const { functionName, sandboxId, requestId, text } = event
        const { level } = functionLine(text)
        logger[level]({ type: 'function', function: functionName, requestId, sandboxId }, text)
      }
      if (event.type === 'platform.initReport' && event.status !== 'success') {
        const { functionName, sandboxId, status, errorType, durationMs } = event
        const record = { function: functionName, sandboxId, status, errorType, durationMs }
        logger.warn({ type: 'init', ...record }, 'init failed')
      }
      if (event.type === 'concurrency.provisioned' && event.status !== 'IN_PROGRESS') {
        provisioned(event)
      }
    },
    provisioned,
    onAnswer: (answered) => {
      if (answered.method === 'GET' && onlyLooks(answered.path)) return
      const text = `${answered.method} ${answered.path}`
      logger[levelOf(answered)](requestRecord(answered), text)
    },
    closing: (signal) => logger.info({ signal }, 'closing; a second signal ends it at once'),
  }
}

/** `ps`, `metrics`, and a Prometheus that comes every few seconds. */
const onlyLooks = (path: string): boolean => path.startsWith('/_sandlot/') || path === '/metrics'

const provisionedText = ({ version, requested, allocated, status }: Provisioned): string =>
  requested === 0
    ? `provisioned concurrency of version ${version} has ended`
    : `provisioned concurrency of version ${version} ${status}: ${allocated} of ${requested} initialised`

function requestRecord({ invocation, error, ...facts }: AnsweredRequest): RequestRecord {
  return {
    type: 'request',
    ...facts,
    ...(invocation !== undefined && figuresOf(invocation)),
    ...(error !== undefined && refusalOf(error)),
  }
}

function figuresOf({ functionName, sandboxId, report, ...rest }: InvokeResult) {
  const { coldStart, startReason, errorType, totalMs } = rest
  const { durationMs, billedDurationMs, initDurationMs, memorySizeMb, maxMemoryUsedMb } = report
  return {
    function: functionName,
    sandboxId,
    coldStart,
    startReason,
    errorType,
    totalMs,
    durationMs,
    billedDurationMs,
    initDurationMs,
    memorySizeMb,
    maxMemoryUsedMb,
  }
}

/** Where something failed that should not, a person who looks for it wants to know where. */
function refusalOf(error: unknown) {
  if (isSandlotError(error)) {
    const { message, hint, throttle } = error
    return { error: throttle === undefined ? message : `${message} (${throttle})`, hint }
  }
  const isDebug = process.env.SANDLOT_DEBUG === '1' && error instanceof Error
  return isDebug
    ? { error: error.stack ?? error.message }
    : {
        error: error instanceof Error ? error.message : String(error),
        hint: 'SANDLOT_DEBUG=1 shows where it comes from.',
      }
}

function levelOf({ invocation, error, status }: AnsweredRequest): 'info' | 'warn' | 'error' {
  if (invocation?.functionError !== undefined) return 'warn'
  if (error === undefined) return 'info'
  return status >= 500 ? 'error' : 'warn'
}
