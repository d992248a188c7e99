import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { ApiServer } from '../../../runtime/api/http-server.ts'
import type { Confinement, Emulator } from '../../../runtime/emulator.ts'
import type { FunctionConfig } from '../../../runtime/functions/function-config.ts'
import type { SandboxState } from '../../../runtime/sandbox/lifecycle.ts'
import { packageVersion } from '../../package-version.ts'
import type { LoadTargetSummary, SandboxCounts } from '../results/load-result.ts'
import { ControllerCounts, type Counts } from './controller-counts.ts'
import type { RequestTemplate } from './generator-messages.ts'
import { invokeRequest } from './invoke-request.ts'
import type { FunctionTarget, LoadTarget, RemoteTarget } from './load-plan.ts'

/** A target that can be sent requests. */
export interface OpenTarget {
  readonly summary: LoadTargetSummary
  readonly request: RequestTemplate
  readonly patienceMs: number
  /** What it is, where it is ours. */
  readonly own: OwnTarget | null
  /** Ends what was started for it. */
  close(): Promise<void>
}

/** A function in a controller of this process. */
export interface OwnTarget {
  readonly config: FunctionConfig
  readonly confinement: Confinement
  /** The folder with the handler. */
  readonly folder: string
  readonly warnings: readonly string[]
  /** By state, now. */
  sandboxes(): SandboxCounts
  /** Since it was opened. */
  counts(): Counts
}

/** An init that is retried, and an answer on its way, may come on top of the function's own time. */
const PATIENCE_BEYOND_TIMEOUT_MS = 60_000

/** @param onEmulator hears of the controller, where there is one, before the first request. */
export function openTarget(
  target: LoadTarget,
  onEmulator: (emulator: Emulator) => void,
): Promise<OpenTarget> {
  return target.kind === 'function'
    ? openFunction(target, onEmulator)
    : Promise.resolve(openRemote(target))
}

function openRemote({ kind, label, request, patienceMs }: RemoteTarget): OpenTarget {
  return {
    summary: {
      kind,
      label,
      url: `${request.origin}${request.path}`,
      memorySizeMb: null,
      reservedConcurrency: null,
      isolation: null,
    },
    request,
    patienceMs,
    own: null,
    close: () => Promise.resolve(),
  }
}

async function openFunction(
  target: FunctionTarget,
  onEmulator: (emulator: Emulator) => void,
): Promise<OpenTarget> {
  // Loaded only now: a command that refuses its input does not wait for it.
  const { createEmulator } = await import('../../../runtime/emulator.ts')
  const { accountConcurrency, cpu, rates, keepAlive } = target
  const emulator = await createEmulator({
    accountConcurrency,
    cpu,
    ...(rates !== undefined && { rates }),
    ...(keepAlive !== undefined && { keepAlive }),
  })
  let server: ApiServer | undefined
  const close = async (): Promise<void> => {
    await emulator.close()
    server?.cutOff()
    await server?.close()
  }
  try {
    const { config } = await emulator.deploy(target.input)
    const { startApiServer } = await import('../../../runtime/api/http-server.ts')
    server = await startApiServer({
      emulator,
      port: 0,
      version: packageVersion(),
      newRequestId: randomUUID,
    })
    onEmulator(emulator)
    await emulator.prepared(config.name)
    return functionTarget(target, emulator, { config, origin: server.url, close })
  } catch (error) {
    await close()
    throw error
  }
}

interface Opened {
  readonly config: FunctionConfig
  readonly origin: string
  readonly close: () => Promise<void>
}

function functionTarget(
  { label, payload }: FunctionTarget,
  emulator: Emulator,
  { config, origin, close }: Opened,
): OpenTarget {
  const counts = new ControllerCounts()
  emulator.onEvent((event) => counts.hear(event))
  const { cappedBecause } = emulator.accountLimit
  return {
    summary: {
      kind: 'function',
      label,
      url: null,
      memorySizeMb: config.memorySizeMb,
      reservedConcurrency: config.reservedConcurrency ?? null,
      isolation: config.isolation,
    },
    request: invokeRequest(origin, config.name, payload),
    patienceMs: config.timeoutMs + PATIENCE_BEYOND_TIMEOUT_MS,
    own: {
      config,
      confinement: emulator.confinement,
      folder: dirname(join(config.rootDir, config.handler)),
      warnings: cappedBecause === undefined ? [] : [cappedBecause],
      sandboxes: () => sandboxCounts(emulator),
      counts: () => counts.counts(),
    },
    close,
  }
}

function sandboxCounts(emulator: Emulator): SandboxCounts {
  const counts = { starting: 0, busy: 0, idle: 0 }
  for (const { state } of emulator.sandboxes()) {
    const kind = KINDS[state]
    if (kind !== undefined) counts[kind] += 1
  }
  return counts
}

/** One that ends is nobody's any more. */
const KINDS: Readonly<Partial<Record<SandboxState, keyof SandboxCounts>>> = {
  starting: 'starting',
  initializing: 'starting',
  resetting: 'starting',
  invoking: 'busy',
  thawing: 'busy',
  ready: 'idle',
  freezing: 'idle',
  frozen: 'idle',
}
