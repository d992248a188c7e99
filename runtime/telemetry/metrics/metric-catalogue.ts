/**
 * The metrics that are counted: names and units of Amazon CloudWatch for Lambda (AWS Lambda Developer
 * Guide, "Types of metrics for Lambda functions"), in the namespace `AWS/Lambda`, and a few of our own
 * in `Sandlot`.
 *
 * Not there, because nothing here can cause them yet. With asynchronous invocation come
 * AsyncEventsReceived, AsyncEventAge, AsyncEventsDropped, DeadLetterErrors, DestinationDeliveryFailures
 * and RecursiveInvocationsDropped; with event sources IteratorAge, OffsetLag, OversizedRecordCount and
 * PolledEventCount with its kin; with function URLs UrlRequestCount, UrlRequestLatency, Url4xxCount and
 * Url5xxCount; with extensions PostRuntimeExtensionsDuration; with code signing
 * SignatureValidationErrors; with weighted aliases the dimension ExecutedVersion. None is given as 0.
 */
export const METRICS = {
  /** Code was run, with or without an error; a throttled request is none. */
  Invocations: lambda('count'),
  /** One for an invocation that ended with a function error, 0 for one that did not. */
  Errors: lambda('outcome'),
  Throttles: lambda('count'),
  /** Without init. */
  Duration: lambda('distribution', 'Milliseconds'),
  ConcurrentExecutions: lambda('level'),
  /** Of functions without a reservation, all together. */
  UnreservedConcurrentExecutions: lambda('level'),
  /** Busy sandboxes of those that are provisioned. */
  ProvisionedConcurrentExecutions: lambda('level'),
  /** The same, of those that are allocated: 0 to 1. */
  ProvisionedConcurrencyUtilization: lambda('level', 'None'),
  ProvisionedConcurrencyInvocations: lambda('count'),
  ProvisionedConcurrencySpilloverInvocations: lambda('count'),
  /** What new reservations cannot have: busy unreserved, reserved and provisioned concurrency. */
  ClaimedAccountConcurrency: lambda('level'),
  /** Invocations that waited for an init. */
  ColdStarts: sandlot('count'),
  /** Of init phases that succeeded, those ahead of demand too. */
  InitDuration: sandlot('distribution', 'Milliseconds'),
  Sandboxes: sandlot('level'),
} as const satisfies Record<string, MetricFacts>

export type MetricName = keyof typeof METRICS

export interface MetricFacts {
  readonly namespace: 'AWS/Lambda' | 'Sandlot'
  readonly unit: 'Count' | 'Milliseconds' | 'None'
  readonly kind: MetricKind
}

/**
 * - count        things that happened, which add up
 * - outcome      the same, with a 0 for each that did not: its average is a share
 * - distribution values that each count
 * - level        how many there are; of a minute the most, with what was there when it began
 */
export type MetricKind = 'count' | 'outcome' | 'distribution' | 'level'

/** As CloudWatch calls them. `p99.9` and the like are written so, too. */
export type Statistic = 'Sum' | 'Average' | 'Minimum' | 'Maximum' | 'SampleCount' | Percentile
type Percentile = `p${number}`

/** What is told of a metric; the first is what it is looked at by. */
export const STATISTICS = {
  count: ['Sum'],
  outcome: ['Sum', 'Average'],
  distribution: ['Average', 'Minimum', 'Maximum', 'p50', 'p90', 'p99', 'SampleCount', 'Sum'],
  level: ['Maximum'],
} as const satisfies Record<MetricKind, readonly [Statistic, ...Statistic[]]>

export const isMetricName = (text: string): text is MetricName => Object.hasOwn(METRICS, text)

function lambda(kind: MetricKind, unit: MetricFacts['unit'] = 'Count'): MetricFacts {
  return { namespace: 'AWS/Lambda', unit, kind }
}

function sandlot(kind: MetricKind, unit: MetricFacts['unit'] = 'Count'): MetricFacts {
  return { namespace: 'Sandlot', unit, kind }
}
