import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { SandlotError } from '../runtime/kernel/errors.ts'
import type { MetricsView } from '../runtime/telemetry/metrics/metrics-view.ts'
import { UsageError } from './exit-codes.ts'

/** What a server says of one of its sandboxes: see `SandboxView`. */
const sandboxSchema = z.object({
  id: z.string(),
  functionName: z.string(),
  version: z.string(),
  isolation: z.string(),
  state: z.string(),
  initializationType: z.string(),
  held: z.enum(['provisioned', 'warm']).optional(),
  invocations: z.number(),
  ageMs: z.number(),
  idleMs: z.number(),
  pid: z.number().optional(),
  peakMemoryMb: z.number().optional(),
})

export type Sandbox = z.output<typeof sandboxSchema>

const sandboxesSchema = z.object({ sandboxes: z.array(sandboxSchema) })

const valuesSchema = z.record(z.string(), z.number().nullable())
/** See `MetricsView`. */
const metricsSchema = z.object({
  minutes: z.number(),
  periodSeconds: z.number(),
  from: z.string(),
  to: z.string(),
  metrics: z.array(
    z.object({
      namespace: z.string(),
      name: z.string(),
      unit: z.string(),
      dimensions: z.record(z.string(), z.string()),
      periods: z.array(z.object({ start: z.string(), isOver: z.boolean(), values: valuesSchema })),
      total: valuesSchema,
    }),
  ),
  embedded: z.object({
    lines: z.number(),
    problems: z.array(
      z.object({ functionName: z.string(), reason: z.string(), count: z.number() }),
    ),
    unnamedProblems: z.number(),
  }),
})

/** See `Allocation`. */
const keptWarmSchema = z.object({
  requested: z.number(),
  allocated: z.number(),
  status: z.enum(['IN_PROGRESS', 'READY', 'FAILED']),
  statusReason: z.string().optional(),
})

export type KeptWarm = z.output<typeof keptWarmSchema>

const evictedSchema = z.object({ evicted: z.number() })
const refusalSchema = z.object({ Message: z.string(), Hint: z.string().optional() })

/** A running server, as the other commands see it. */
export interface AdminClient {
  sandboxes(): Promise<Sandbox[]>
  /** How many sandboxes are stopped, now or as soon as they are free. */
  evict(functionName: string | undefined): Promise<number>
  /** The same of one: by its id, or its beginning. */
  evictSandbox(sandboxId: string): Promise<number>
  /** Waits until they are ready, or cannot be. */
  keepWarm(functionName: string, count: number): Promise<KeptWarm>
  /** Of one function, or of all and the region. */
  metrics(functionName: string | undefined, minutes: number): Promise<MetricsView>
}

/** Sandboxes end in less; a program that takes connections and says nothing is not waited for. */
const ANSWER_TIMEOUT_MS = 10_000
/** Inits take their time: many sandboxes of a slow function one after the other. */
const WARM_TIMEOUT_MS = 900_000

/** Methods throw SandlotError `ServerUnreachable`, or what the server said: a UsageError for bad input. */
export function adminClient(port: number): AdminClient {
  return {
    sandboxes: async () => {
      const answer = await ask(port, 'GET', '/_sandlot/sandboxes')
      return checked(port, sandboxesSchema, answer).sandboxes
    },
    evict: async (functionName) => {
      const body = JSON.stringify({ functionName })
      const answer = await ask(port, 'POST', '/_sandlot/evict', body)
      return checked(port, evictedSchema, answer).evicted
    },
    evictSandbox: async (sandboxId) => {
      const body = JSON.stringify({ sandboxId })
      const answer = await ask(port, 'POST', '/_sandlot/evict', body)
      return checked(port, evictedSchema, answer).evicted
    },
    keepWarm: async (functionName, count) => {
      const body = JSON.stringify({ functionName, count })
      const answer = await ask(port, 'POST', '/_sandlot/keep-warm', body, WARM_TIMEOUT_MS)
      return checked(port, keptWarmSchema, answer)
    },
    metrics: async (functionName, minutes) => {
      const query = new URLSearchParams({ minutes: String(minutes) })
      if (functionName !== undefined) query.set('function', functionName)
      const answer = await ask(port, 'GET', `/_sandlot/metrics?${query}`)
      return checked(port, metricsSchema, answer)
    },
  }
}

interface Answer {
  readonly status: number | undefined
  readonly body: string
}

/** Not `fetch`, which refuses ports such as 6000. */
async function ask(
  port: number,
  method: string,
  path: string,
  body?: string,
  patienceMs = ANSWER_TIMEOUT_MS,
): Promise<Answer> {
  const signal = AbortSignal.timeout(patienceMs)
  const outgoing = request({ host: '127.0.0.1', port, method, path, signal, agent: false })
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.on('response', resolve).on('error', reject).end(body)
    })
    return { status: response.statusCode, body: await text(response) }
  } catch (error) {
    throw unreachable(port, error as NodeJS.ErrnoException, patienceMs)
  }
}

function unreachable(port: number, cause: NodeJS.ErrnoException, patienceMs: number): SandlotError {
  if (cause.name === 'AbortError') {
    const seconds = patienceMs / 1_000
    const message = `What listens on port ${port} has not answered within ${seconds} seconds`
    return new SandlotError('ServerUnreachable', message, { cause, hint: OTHER_PORT })
  }
  // A connection that was made and then failed has something else at its other end.
  if (cause.syscall !== 'connect') return notSandlot(port, cause)
  return new SandlotError('ServerUnreachable', `No server answers on port ${port}`, {
    cause,
    hint: "Start one with 'sandlot serve', or name its port with --port.",
  })
}

const OTHER_PORT = "Name the port of 'sandlot serve' with --port."

const notSandlot = (port: number, cause?: unknown): SandlotError =>
  new SandlotError('ServerUnreachable', `What answers on port ${port} is not a Sandlot server`, {
    cause,
    hint: OTHER_PORT,
  })

function checked<Schema extends z.ZodType>(
  port: number,
  schema: Schema,
  { status, body }: Answer,
): z.output<Schema> {
  const value = jsonOf(body)
  const parsed = schema.safeParse(value)
  if (status === 200 && parsed.success) return parsed.data
  const refusal = refusalSchema.safeParse(value)
  if (!refusal.success) throw notSandlot(port)
  const { Message: message, Hint: hint } = refusal.data
  if (status !== undefined && status >= 500) throw new SandlotError('Internal', message)
  throw new UsageError(message, hint)
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
