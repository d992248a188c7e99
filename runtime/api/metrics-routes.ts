import type { Emulator } from '../emulator.ts'
import { SandlotError } from '../kernel/errors.ts'
import type { Metrics } from '../telemetry/metrics/collect-metrics.ts'
import { KEPT_PERIODS } from '../telemetry/metrics/period-series.ts'
import { prometheusScrape } from './prometheus.ts'
import type { Route } from './router.ts'
import { sendJson } from './send-json.ts'

/** Minutes that are answered unless others are asked for. */
const DEFAULT_MINUTES = 5

/**
 * `GET /metrics` for Prometheus, and `GET /_sandlot/metrics?function=hello&minutes=5` for people, with
 * CloudWatch's names: see `MetricsView`. Nothing, of a server whose metrics nobody counts.
 */
export function metricsRoutes(
  emulator: Pick<Emulator, 'resolve'>,
  metrics: Metrics | undefined,
): Route[] {
  if (metrics === undefined) return []
  const scrape = prometheusScrape(metrics)
  return [
    {
      method: 'GET',
      pattern: /^\/metrics$/,
      handle: async ({ response }) => {
        const body = await scrape.text()
        response.writeHead(200, {
          'content-type': scrape.contentType,
          'content-length': Buffer.byteLength(body),
        })
        response.end(body)
        return undefined
      },
    },
    {
      method: 'GET',
      pattern: /^\/_sandlot\/metrics$/,
      handle: ({ response, query }) => {
        const named = query.get('function') ?? undefined
        const minutes = minutesFrom(query.get('minutes') ?? String(DEFAULT_MINUTES))
        const functionName = named === undefined ? undefined : emulator.resolve(named).config.name
        sendJson(response, 200, metrics.view({ functionName, minutes }))
        return undefined
      },
    },
  ]
}

function minutesFrom(text: string): number {
  const minutes = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (minutes >= 1 && minutes <= KEPT_PERIODS) return minutes
  throw new SandlotError(
    'InvalidParameterValue',
    `minutes=${text}: must be a whole number from 1 to ${KEPT_PERIODS}`,
  )
}
