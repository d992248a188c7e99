import { describe, expect, it } from 'vitest'
import { prometheusScrape } from '../../../runtime/api/prometheus.ts'
import { labelNames, metricName } from '../../../runtime/api/prometheus-names.ts'
import { collectMetrics } from '../../../runtime/telemetry/metrics/collect-metrics.ts'
import type { PlatformEvent } from '../../../runtime/telemetry/platform-events.ts'
import {
  assigned,
  at,
  ended,
  initialised,
  printed,
  provisioned,
  ran,
  reported,
  reserved,
  throttled,
} from '../telemetry/metrics/told.ts'
import { figureOf, scraped } from './scraped.ts'

function scrapeOf() {
  let tell: (event: PlatformEvent) => void = () => undefined
  const metrics = collectMetrics({
    onEvent: (listener) => {
      tell = listener
    },
    wallMs: () => at(0),
  })
  const { text, contentType } = prometheusScrape(metrics)
  return {
    contentType,
    after: async (...events: (PlatformEvent | PlatformEvent[])[]) => {
      for (const event of events.flat()) tell(event)
      return scraped(await text())
    },
  }
}

const hello = { function_name: 'hello', resource: 'hello' }

describe('what Prometheus scrapes', () => {
  it('counts invocations, errors and throttles by function, name called, and reason', async () => {
    const all = await scrapeOf().after(
      ran('a', at(0), at(0, 1)),
      ran('b', at(0), at(0, 1), { status: 'timeout' }),
      ran('c', at(0), at(0, 1), { qualifier: 'live' }),
      throttled(at(0), { reason: 'CallerRateLimitExceeded' }),
      throttled(at(0)),
      throttled(at(0)),
    )
    expect(figureOf(all, 'aws_lambda_invocations_total', hello)).toBe(2)
    expect(figureOf(all, 'aws_lambda_invocations_total', { resource: 'hello:live' })).toBe(1)
    expect(figureOf(all, 'aws_lambda_errors_total', hello)).toBe(1)
    expect(figureOf(all, 'aws_lambda_errors_total', { resource: 'hello:live' })).toBe(0)
    const reasons = all.filter(({ name }) => name === 'aws_lambda_throttles_total')
    expect(reasons.map(({ labels, value }) => [labels.reason, value])).toEqual([
      ['CallerRateLimitExceeded', 1],
      ['ConcurrentInvocationLimitExceeded', 2],
    ])
  })

  it('has durations as a histogram', async () => {
    const all = await scrapeOf().after(
      ran('a', at(0), at(0), { durationMs: 1 }),
      ran('b', at(0), at(0), { durationMs: 1.1 }),
      ran('c', at(0), at(0), { durationMs: 900_000 }),
    )
    const bucket = (le: string) => figureOf(all, 'aws_lambda_duration_milliseconds_bucket', { le })
    expect([bucket('1'), bucket('2.5'), bucket('300000'), bucket('900000')]).toEqual([1, 2, 2, 3])
    expect(bucket('+Inf')).toBe(3)
    expect(figureOf(all, 'aws_lambda_duration_milliseconds_sum', hello)).toBeCloseTo(900_002.1)
    expect(figureOf(all, 'aws_lambda_duration_milliseconds_count', hello)).toBe(3)
  })

  it('has what is there now as gauges', async () => {
    const scrape = scrapeOf()
    const of = { version: '3', qualifier: '3', concurrency: 'provisioned' } as const
    const busy = await scrape.after(
      reserved('other', 7, at(0)),
      provisioned('3', 2, at(0)),
      assigned('a', at(0)),
      assigned('b', at(0), of),
    )
    const name = (text: string) => `aws_lambda_${text}`
    const version = { resource: 'hello:3' }
    expect(figureOf(busy, name('concurrent_executions'), { function_name: 'hello' })).toBe(2)
    expect(figureOf(busy, name('unreserved_concurrent_executions'))).toBe(2)
    expect(figureOf(busy, name('claimed_account_concurrency'))).toBe(10)
    expect(figureOf(busy, name('provisioned_concurrent_executions'), version)).toBe(1)
    expect(figureOf(busy, name('provisioned_concurrency_utilization'), version)).toBe(0.5)
    const idle = await scrape.after(ended('a', at(0)), ended('b', at(0), of), reported('b', at(0)))
    expect(figureOf(idle, name('concurrent_executions'), { function_name: 'hello' })).toBe(0)
    expect(figureOf(idle, name('provisioned_concurrent_executions'), version)).toBe(0)
    expect(figureOf(idle, name('provisioned_concurrency_invocations_total'), version)).toBe(1)
  })

  it('has cold starts and sandboxes', async () => {
    const created = { ...initialised('s', at(0)), type: 'sandbox.created' } as PlatformEvent
    const all = await scrapeOf().after(
      created,
      assigned('a', at(0), { sandbox: 's' }),
      initialised('s', at(0)),
      reported('a', at(0)),
    )
    expect(figureOf(all, 'sandlot_cold_starts_total', hello)).toBe(1)
    expect(figureOf(all, 'sandlot_sandboxes', { function_name: 'hello' })).toBe(1)
    expect(figureOf(all, 'sandlot_init_duration_milliseconds_sum', hello)).toBe(120)
  })

  it('counts over the whole life, not only what is kept of it', async () => {
    const scrape = scrapeOf()
    const runs = [0, 100, 1_000].flatMap((minute) => ran(`r${minute}`, at(minute), at(minute)))
    expect(figureOf(await scrape.after(runs), 'aws_lambda_invocations_total', hello)).toBe(3)
    expect(scrape.contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
  })

  it('has what functions print, with names that are allowed', async () => {
    const emf = (root: object, keys: string[], name = 'Orders Placed') =>
      printed(
        JSON.stringify({
          _aws: {
            Timestamp: at(0),
            CloudWatchMetrics: [
              { Namespace: 'Shop/Web', Dimensions: [keys], Metrics: [{ Name: name }] },
            ],
          },
          ...root,
        }),
        at(0),
      )
    const scrape = scrapeOf()
    const all = await scrape.after(
      emf({ 'Orders Placed': [1, 2.5], 'The Area': 'a "b"\\\n' }, ['The Area']),
      emf({ 'Orders Placed': -4 }, []),
    )
    const name = (end: string) => `Shop_Web_Orders_Placed_${end}`
    const area = { The_Area: 'a \\"b\\"\\\\\\n' }
    expect(figureOf(all, name('count'), area)).toBe(2)
    expect(figureOf(all, name('sum'), area)).toBe(3.5)
    const without = all.filter(({ labels }) => Object.keys(labels).length === 0)
    expect(figureOf(without, name('sum'))).toBe(-4)
    // One that becomes the same name is added.
    const more = await scrape.after(emf({ 'Orders-Placed': 1 }, [], 'Orders-Placed'))
    const both = more.filter(({ labels }) => Object.keys(labels).length === 0)
    expect(figureOf(both, name('sum'))).toBe(-3)
  })
})

describe('names for Prometheus', () => {
  it.each([
    ['Shop', 'Orders', 'Shop_Orders'],
    ['Größe/1', 'a.b-c', 'Gr__e_1_a_b_c'],
    ['9', '9', '_9_9'],
    ['__x', 'y', '_x_y'],
    ['aws_lambda', 'errors_total', 'custom_aws_lambda_errors_total'],
    ['sandlot', 'sandboxes', 'custom_sandlot_sandboxes'],
    ['sandlots', 'x', 'sandlots_x'],
  ])('%s and %s become %s', (namespace, name, expected) => {
    expect(metricName(namespace, name)).toBe(expected)
  })

  it('are different for different dimensions', () => {
    expect(labelNames(['a.b', 'a_b', 'a-b', '__c', '', '1'])).toEqual([
      'a_b',
      'a_b_2',
      'a_b_3',
      '_c',
      '_',
      '_1',
    ])
  })
})
