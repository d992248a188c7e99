import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { UsageError } from '../../exit-codes.ts'
import { LatencyHistogram } from '../statistics/histogram.ts'
import type { BenchResult } from './bench-result.ts'
import type { LoadResult } from './load-result.ts'

/** What `compare` compares. */
export type ComparableResult = BenchResult | LoadResult

/**
 * Reads a result that `bench --json` or `load --json` has written.
 *
 * @throws UsageError naming the file, and what is wrong where in it.
 */
export function readResult(path: string): ComparableResult {
  const value = parsedJson(path)
  const { schema, schemaVersion } = headOf(path, value)
  const format = Object.hasOwn(FORMATS, schema) ? FORMATS[schema as keyof typeof FORMATS] : null
  if (format === null) {
    throw new UsageError(
      `${path} is a result of neither bench nor load: its schema is '${schema}'`,
      "Results are written by 'sandlot bench --json FILE' and 'sandlot load --json FILE'.",
    )
  }
  if (schemaVersion !== format.version) {
    const isNewer = schemaVersion > format.version
    throw new UsageError(
      `${path} is of version ${schemaVersion} of its format, and version ${format.version} is read here`,
      isNewer ? 'Update Sandlot to the version that wrote it.' : 'Measure again: it is too old.',
    )
  }
  check(path, format.schema, value)
  return value as ComparableResult
}

/** What kind of file it says that it is. */
function headOf(path: string, value: unknown): z.output<typeof headSchema> {
  const { data } = headSchema.safeParse(value)
  if (data === undefined) {
    throw new UsageError(`${path} is no result of Sandlot: it names no schema and schemaVersion`)
  }
  return data
}

function parsedJson(path: string): unknown {
  const text = contentOf(path)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${(error as Error).message}`)
  }
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a folder',
    }
    throw new UsageError(`${path} cannot be read: ${reasons[code ?? ''] ?? message}`)
  }
}

function check(path: string, schema: z.ZodType, value: unknown): void {
  const [issue] = schema.safeParse(value).error?.issues ?? []
  if (issue === undefined) return
  throw new UsageError(
    `${path} is damaged, at ${issue.path.join('.')}: ${issue.message}`,
    'It is not as bench or load has written it.',
  )
}

const headSchema = z.looseObject({ schema: z.string(), schemaVersion: z.number() })

const figure = z.number().nullable()

const histogram = z.string().refine(isHistogram, 'is no HdrHistogram, V2 and compressed')

const distribution = z.looseObject({
  n: z.number().int().nonnegative(),
  min: figure,
  p50: figure,
  p90: figure,
  p99: figure,
  p999: figure,
  max: figure,
  histogram,
})

function isHistogram(text: string): boolean {
  try {
    LatencyHistogram.decode(text)
    return true
  } catch {
    return false
  }
}

const environment = z.looseObject({
  cpu: z.string(),
  cpuCount: z.number(),
  system: z.string(),
  arch: z.string(),
  node: z.string(),
  sandlot: z.string(),
  load: z.number(),
  isolation: z.string().nullable(),
  cpuLimit: z.string().nullable(),
})

const result = {
  startedAt: z.string(),
  complete: z.boolean(),
  seed: z.number(),
  environment,
  warnings: z.array(z.string()),
}

const series = z.looseObject({
  ...distribution.shape,
  runsMs: z.array(z.array(z.number().nonnegative())),
})

const benchSchema = z.looseObject({
  ...result,
  settings: z.looseObject({ smallestEffect: z.number() }),
  variants: z.array(
    z.looseObject({
      id: z.string(),
      label: z.string(),
      target: z.string(),
      series: z.looseObject({ cold: series, second: series, tenth: series, warm: series }),
      failures: z.record(z.string(), z.number()),
      misclassified: z.number(),
    }),
  ),
})

const latencies = z.looseObject({ responseMs: distribution, serviceMs: distribution })

const loadSchema = z.looseObject({
  ...result,
  target: z.looseObject({ label: z.string() }),
  workload: z.looseObject({ text: z.string(), loop: z.string() }),
  validity: z.looseObject({
    valid: z.boolean(),
    reasons: z.array(z.string()),
    lagMs: distribution,
    dropped: z.number(),
  }),
  outcomes: z.array(
    z.looseObject({
      outcome: z.string(),
      reason: z.string().nullable(),
      count: z.number(),
      latencies,
    }),
  ),
  answered: latencies,
  reconciliation: z.looseObject({ differences: z.array(z.string()) }).nullable(),
})

/** Of each result that is read: the version of its format, and the fields that are looked at. */
const FORMATS = {
  'sandlot-bench': { version: 2, schema: benchSchema },
  'sandlot-load': { version: 1, schema: loadSchema },
} as const
