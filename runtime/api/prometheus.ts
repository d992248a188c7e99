import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Metrics } from '../telemetry/metrics/collect-metrics.ts'
import type { CustomSeries } from '../telemetry/metrics/custom-metrics.ts'
import type { MetricName } from '../telemetry/metrics/metric-catalogue.ts'
import type { MetricSample } from '../telemetry/metrics/metric-sample.ts'
import { labelNames, metricName } from './prometheus-names.ts'

/** Milliseconds, up to the longest timeout. */
const BUCKETS_MS = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000,
  900_000,
]

/** What Prometheus scrapes. */
export interface Scrape {
  readonly contentType: string
  /** In Prometheus's text format. */
  text(): Promise<string>
}

/**
 * Counts on, from now, in a registry of its own. Counters are of the whole life of the server, not
 * only of the minutes that are kept. Lambda's metrics of a region are the sums of those of functions,
 * which Prometheus makes itself, so only those are told that no function has.
 */
export function prometheusScrape(metrics: Metrics): Scrape {
  const registry = new Registry()
  const record = recorders(registry)
  metrics.onSample((sample) => record[sample.name]?.(sample))
  return {
    contentType: registry.contentType,
    text: async () => {
      const own = await registry.metrics()
      const custom = await customRegistry(metrics.customSeries()).metrics()
      return [own, custom].filter((text) => text.trim() !== '').join('\n')
    },
  }
}

type Recorders = Partial<Record<MetricName, (sample: MetricSample) => void>>

const BY_RESOURCE = ['function_name', 'resource'] as const
const BY_FUNCTION = ['function_name'] as const

function recorders(registry: Registry): Recorders {
  const registers = [registry]
  const counter = (name: string, help: string) => {
    const made = new Counter({ name, help, labelNames: BY_RESOURCE, registers })
    return (sample: MetricSample) => made.inc(resourceLabels(sample), sample.value)
  }
  const histogram = (name: string, help: string) => {
    const labels = { labelNames: BY_RESOURCE, buckets: BUCKETS_MS }
    const made = new Histogram({ name, help, ...labels, registers })
    return (sample: MetricSample) => made.observe(resourceLabels(sample), sample.value)
  }
  return {
    Invocations: counter(
      'aws_lambda_invocations_total',
      'Invocations that ran, with or without an error',
    ),
    Errors: counter('aws_lambda_errors_total', 'Invocations that ended with a function error'),
    Throttles: throttles(registry),
    Duration: histogram('aws_lambda_duration_milliseconds', 'Time of the handler, without init'),
    ProvisionedConcurrencyInvocations: counter(
      'aws_lambda_provisioned_concurrency_invocations_total',
      'Invocations that ran on provisioned concurrency',
    ),
    ProvisionedConcurrencySpilloverInvocations: counter(
      'aws_lambda_provisioned_concurrency_spillover_invocations_total',
      'Invocations that ran on demand since all provisioned concurrency was busy',
    ),
    ColdStarts: counter('sandlot_cold_starts_total', 'Invocations that waited for an init'),
    InitDuration: histogram('sandlot_init_duration_milliseconds', 'Init phases that succeeded'),
    ...levels(registry),
  }
}

function throttles(registry: Registry) {
  const made = new Counter({
    name: 'aws_lambda_throttles_total',
    help: 'Invocations that were refused with the status 429',
    labelNames: [...BY_RESOURCE, 'reason'],
    registers: [registry],
  })
  return (sample: MetricSample) =>
    made.inc({ ...resourceLabels(sample), reason: sample.reason ?? '' })
}

function levels(registry: Registry): Recorders {
  const registers = [registry]
  const ofFunction = (name: string, help: string) => {
    const made = new Gauge({ name, help, labelNames: BY_FUNCTION, registers })
    return ({ functionName, resource, value }: MetricSample) => {
      if (functionName === undefined || resource !== undefined) return
      made.set({ function_name: functionName }, value)
    }
  }
  const ofResource = (name: string, help: string) => {
    const made = new Gauge({ name, help, labelNames: BY_RESOURCE, registers })
    return (sample: MetricSample) => {
      if (sample.resource !== undefined) made.set(resourceLabels(sample), sample.value)
    }
  }
  const ofRegion = (name: string, help: string) => {
    const made = new Gauge({ name, help, registers })
    return ({ value }: MetricSample) => made.set(value)
  }
  return {
    ConcurrentExecutions: ofFunction('aws_lambda_concurrent_executions', 'Busy sandboxes now'),
    UnreservedConcurrentExecutions: ofRegion(
      'aws_lambda_unreserved_concurrent_executions',
      'Busy sandboxes now, of functions without a reservation',
    ),
    ProvisionedConcurrentExecutions: ofResource(
      'aws_lambda_provisioned_concurrent_executions',
      'Busy provisioned sandboxes now',
    ),
    ProvisionedConcurrencyUtilization: ofResource(
      'aws_lambda_provisioned_concurrency_utilization',
      'Busy provisioned sandboxes now, of those allocated: 0 to 1',
    ),
    ClaimedAccountConcurrency: ofRegion(
      'aws_lambda_claimed_account_concurrency',
      'Concurrency that reservations cannot have: busy unreserved, reserved and provisioned',
    ),
    Sandboxes: ofFunction('sandlot_sandboxes', 'Sandboxes now, busy or idle'),
  }
}

/** One without a resource is of the function as a whole. */
const resourceLabels = ({ functionName = '', resource = functionName }: MetricSample) => ({
  function_name: functionName,
  resource,
})

/**
 * Metrics that functions print: `<namespace>_<name>_count` values since the start and their
 * `…_sum`, which may also fall. Made anew for each scrape, since labels come and go with what is
 * printed. Names that become the same are added up.
 */
function customRegistry(series: readonly CustomSeries[]): Registry {
  const registry = new Registry()
  const byName = new Map<string, CustomSeries[]>()
  for (const each of series) {
    const name = metricName(each.namespace, each.name)
    const alike = byName.get(name)
    if (alike === undefined) byName.set(name, [each])
    else alike.push(each)
  }
  for (const [name, alike] of byName) {
    const labels = alike.map(({ dimensions }) => labelNames(Object.keys(dimensions)))
    const all = { labelNames: [...new Set(labels.flat())], registers: [registry] }
    const help = `${alike[0]?.namespace} ${alike[0]?.name}, ${alike[0]?.unit}`
    const count = new Counter({ name: `${name}_count`, help: `${help}: number of values`, ...all })
    const sum = new Gauge({ name: `${name}_sum`, help: `${help}: sum of values`, ...all })
    for (const [index, { dimensions, total }] of alike.entries()) {
      const values = Object.values(dimensions)
      const labelled = (labels[index] ?? []).map((label, at) => [label, values[at] ?? ''] as const)
      count.inc(Object.fromEntries(labelled), total.count)
      sum.inc(Object.fromEntries(labelled), total.sum)
    }
  }
  return registry
}
