import type { ThrottleReason } from '../../../../runtime/kernel/errors.ts'
import type { RequestId, SandboxId } from '../../../../runtime/kernel/ids.ts'
import type {
  ConcurrencyKind,
  InvocationEndedEvent,
  PlatformEvent,
  Status,
} from '../../../../runtime/telemetry/platform-events.ts'

/** Beginning of a minute; the instants of these tests are counted from it. */
export const EPOCH_MS = 1_800_000_000_000
export const MINUTE = EPOCH_MS / 60_000

/** An instant: minutes, and seconds, after the beginning. */
export const at = (minutes: number, seconds = 0): number =>
  EPOCH_MS + minutes * 60_000 + seconds * 1_000

interface Of {
  readonly functionName?: string
  readonly sandbox?: string
  readonly qualifier?: string
  readonly version?: string
  readonly concurrency?: ConcurrencyKind
}

const facts = (id: string, atMs: number, of: Of) => ({
  functionName: of.functionName ?? 'hello',
  sandboxId: (of.sandbox ?? `sandbox of ${id}`) as SandboxId,
  requestId: id as RequestId,
  atMs,
})

const held = (id: string, atMs: number, of: Of) => ({
  ...facts(id, atMs, of),
  version: of.version ?? '$LATEST',
  qualifier: of.qualifier,
  concurrency: of.concurrency ?? 'on-demand',
})

export const assigned = (id: string, atMs: number, of: Of = {}): PlatformEvent => ({
  type: 'invocation.assigned',
  ...held(id, atMs, of),
})

export const ended = (
  id: string,
  atMs: number,
  of: Of & { readonly how?: InvocationEndedEvent['how'] } = {},
): PlatformEvent => ({ type: 'invocation.ended', ...held(id, atMs, of), how: of.how ?? 'answered' })

export const reported = (
  id: string,
  atMs: number,
  of: Of & { readonly status?: Status; readonly durationMs?: number } = {},
): PlatformEvent => ({
  type: 'platform.report',
  ...facts(id, atMs, of),
  report: {
    status: of.status ?? 'success',
    errorType: undefined,
    durationMs: of.durationMs ?? 10,
    billedDurationMs: Math.ceil(of.durationMs ?? 10),
    initDurationMs: undefined,
    memorySizeMb: 128,
    maxMemoryUsedMb: undefined,
  },
})

export const initialised = (
  sandbox: string,
  atMs: number,
  of: { readonly phase?: 'init' | 'invoke'; readonly status?: Status } = {},
): PlatformEvent => ({
  type: 'platform.initReport',
  functionName: 'hello',
  sandboxId: sandbox as SandboxId,
  atMs,
  initializationType: 'on-demand',
  phase: of.phase ?? 'init',
  status: of.status ?? 'success',
  errorType: undefined,
  durationMs: 120,
})

export const throttled = (
  atMs: number,
  of: Of & { readonly reason?: ThrottleReason } = {},
): PlatformEvent => ({
  type: 'platform.throttle',
  functionName: of.functionName ?? 'hello',
  requestId: 'throttled' as RequestId,
  version: of.version ?? '$LATEST',
  qualifier: of.qualifier,
  atMs,
  reason: of.reason ?? 'ConcurrentInvocationLimitExceeded',
})

export const reserved = (
  functionName: string,
  count: number | undefined,
  atMs: number,
): PlatformEvent => ({ type: 'concurrency.reserved', functionName, atMs, reserved: count })

export const provisioned = (version: string, allocated: number, atMs: number): PlatformEvent => ({
  type: 'concurrency.provisioned',
  functionName: 'hello',
  version,
  atMs,
  requested: allocated,
  allocated,
  status: 'READY',
})

export const printed = (text: string, atMs: number, functionName = 'hello'): PlatformEvent => ({
  type: 'function',
  functionName,
  sandboxId: 'sandbox' as SandboxId,
  requestId: undefined,
  atMs,
  text,
})

/** Assigned, ended and reported, in the order in which the emulator tells it. */
export const ran = (
  id: string,
  fromMs: number,
  toMs: number,
  of: Of & { readonly status?: Status; readonly durationMs?: number } = {},
): PlatformEvent[] => [
  assigned(id, fromMs, of),
  ended(id, toMs, of),
  reported(id, toMs, { durationMs: toMs - fromMs, ...of }),
]
