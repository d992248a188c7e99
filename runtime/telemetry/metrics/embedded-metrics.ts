import { isMetricUnit } from './metric-units.ts'

/**
 * What a log line in the embedded metric format says. Source: Amazon CloudWatch User Guide,
 * "Specification: Embedded metric format".
 */
export interface EmbeddedReading {
  readonly samples: readonly EmbeddedSample[]
  /** What of it was left out, and why. */
  readonly problems: readonly string[]
}

/** The values of one metric under one set of dimensions. */
export interface EmbeddedSample {
  readonly namespace: string
  readonly name: string
  readonly unit: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly values: readonly number[]
  /** As the line says, whatever the time at which it was printed. */
  readonly atMs: number
}

const MARK = '"CloudWatchMetrics"'
/** What Lambda's Node runtime puts before what the console prints: time, request id and level. */
const CONSOLE_RECORD = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[^\t]*\t[A-Z]+\t/

const MOST_METRICS = 100
const MOST_DIMENSIONS = 30
const MOST_VALUES = 100
const LONGEST_NAMESPACE = 255
const LONGEST_DIMENSION = 1_024
const FUTURE_MS = 7_200_000

/**
 * `undefined`: it is another line, as nearly all are. What is wrong is left out and named; the rest is
 * taken. `StorageResolution` is checked, and a metric of one second is kept by the minute all the same.
 *
 * @param printedMs when the line was printed.
 */
export function readEmbeddedMetrics(text: string, printedMs: number): EmbeddedReading | undefined {
  if (!text.includes(MARK)) return undefined
  const start = text.startsWith('{') ? 0 : (CONSOLE_RECORD.exec(text)?.[0].length ?? -1)
  // A line that only speaks of it.
  if (start < 0 || text[start] !== '{') return undefined
  const root = parsed(text.slice(start))
  if (root === undefined) return { samples: [], problems: ['the line is not one JSON object'] }
  const meta = root._aws
  if (!isObject(meta)) return undefined
  const { Timestamp: atMs, CloudWatchMetrics: directives } = meta
  if (!Array.isArray(directives)) return refused('_aws.CloudWatchMetrics is not an array')
  if (typeof atMs !== 'number') return refused('_aws.Timestamp is not a number')
  if (atMs > printedMs + FUTURE_MS) {
    return refused('_aws.Timestamp is more than two hours ahead, in milliseconds')
  }
  const reading = { samples: [], problems: [] }
  for (const directive of directives) readDirective(root, directive, atMs, reading)
  return reading
}

const refused = (problem: string): EmbeddedReading => ({ samples: [], problems: [problem] })

interface Draft {
  readonly samples: EmbeddedSample[]
  readonly problems: string[]
}

type Members = Readonly<Record<string, unknown>>

function readDirective(root: Members, directive: unknown, atMs: number, draft: Draft): void {
  const refuse = (problem: string): void => void draft.problems.push(problem)
  if (!isObject(directive)) return refuse('a metric directive is not an object')
  const { Namespace: namespace, Dimensions: sets, Metrics: metrics } = directive
  if (typeof namespace !== 'string' || namespace === '') return refuse('Namespace is not a text')
  if (namespace.length > LONGEST_NAMESPACE) {
    return refuse(`Namespace has more than ${LONGEST_NAMESPACE} characters`)
  }
  if (!Array.isArray(sets)) return refuse('Dimensions is not an array of arrays')
  if (!Array.isArray(metrics)) return refuse('Metrics is not an array')
  if (metrics.length > MOST_METRICS) return refuse(`Metrics has more than ${MOST_METRICS} entries`)
  // No set at all is the set without a dimension.
  const dimensionSets = (sets.length === 0 ? [[]] : sets).flatMap((set) => {
    const dimensions = dimensionsOf(root, set)
    if (typeof dimensions !== 'string') return [dimensions]
    refuse(dimensions)
    return []
  })
  for (const definition of metrics) {
    const metric = metricOf(root, definition)
    if (typeof metric === 'string') refuse(metric)
    else {
      for (const dimensions of dimensionSets) {
        draft.samples.push({ namespace, ...metric, dimensions, atMs })
      }
    }
  }
}

/** A text says what is wrong. */
function dimensionsOf(root: Members, set: unknown): Record<string, string> | string {
  if (!Array.isArray(set)) return 'Dimensions is not an array of arrays'
  if (set.length > MOST_DIMENSIONS) return `a dimension set has more than ${MOST_DIMENSIONS} keys`
  const dimensions: [string, string][] = []
  for (const key of set) {
    if (typeof key !== 'string') return 'the key of a dimension is not a text'
    const value = Object.hasOwn(root, key) ? root[key] : undefined
    if (typeof value !== 'string') return `dimension '${cut(key)}' has no text in the line`
    if (value.length > LONGEST_DIMENSION) {
      return `dimension '${cut(key)}' has more than ${LONGEST_DIMENSION} characters`
    }
    dimensions.push([key, value])
  }
  return Object.fromEntries(dimensions.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A text says what is wrong. */
function metricOf(
  root: Members,
  definition: unknown,
): Pick<EmbeddedSample, 'name' | 'unit' | 'values'> | string {
  if (!isObject(definition)) return 'the definition of a metric is not an object'
  const { Name: name, Unit: unit = 'None', StorageResolution: resolution = 60 } = definition
  if (typeof name !== 'string' || name === '') return 'the Name of a metric is not a text'
  const what = `metric '${cut(name)}'`
  if (typeof unit !== 'string' || !isMetricUnit(unit)) return `${what} has an unknown Unit`
  if (resolution !== 1 && resolution !== 60) return `${what}: StorageResolution is not 1 or 60`
  const target = Object.hasOwn(root, name) ? root[name] : undefined
  const values = Array.isArray(target) ? target : [target]
  if (values.length > MOST_VALUES) return `${what} has more than ${MOST_VALUES} values`
  if (values.length === 0 || !values.every((value) => typeof value === 'number')) {
    return `${what} has no number in the line`
  }
  return { name, unit, values }
}

function parsed(json: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Names come from the function, and may be anything. */
const cut = (name: string): string => (name.length > 64 ? `${name.slice(0, 64)}…` : name)
