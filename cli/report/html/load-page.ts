import type { LoadResult, OutcomeName } from '../../measure/results/load-result.ts'
import { costTable } from './cost-table.ts'
import { type Curve, ofDistribution } from './curves.ts'
import { ecdfPlot } from './ecdf-plot.ts'
import { environmentBlock } from './environment-block.ts'
import { html, type Markup } from './escape.ts'
import { headline, type KeyFigure } from './headline.ts'
import { loadMethod } from './load-method.ts'
import { outcomeTable, reconciliationTable, validityFacts } from './load-tables.ts'
import { invalidNotice, notices } from './notices.ts'
import { count, dateText, megabytes, perSecond, plainMs, share } from './numbers.ts'
import { page, type Section } from './page.ts'
import { percentilePlot } from './percentile-plot.ts'
import { factsTable } from './tables.ts'
import { timeSeriesPlot } from './time-series-plot.ts'

export function loadPage(result: LoadResult): Markup {
  const { target, workload, validity, environment } = result
  return page({
    kind: 'load test',
    title: `${target.label} under ${workload.text}`,
    facts: [
      dateText(result.startedAt),
      workload.loop === 'open' ? 'open loop' : 'CLOSED loop',
      `seed ${result.seed}`,
      `Sandlot ${environment.sandlot}, Node.js ${environment.node.replace(/^v/, '')}`,
    ],
    notices: html`${!validity.valid && invalidNotice(validity.reasons)}${notices(result.complete, result.warnings)}`,
    headline: headline(keyFigures(result)),
    sections: [
      {
        id: 'time',
        title: 'Second by second',
        content: timeSeriesPlot(
          {
            id: 'time-series',
            title: 'Rate, concurrency, refusals and latency over time',
            lead: 'Where sent and answered part, requests were refused, failed, or wait.',
          },
          result,
        ),
      },
      latencies(result),
      { id: 'outcomes', title: 'Outcomes', content: outcomeTable(result) },
      {
        id: 'validity',
        title: 'Can these figures be trusted?',
        content: html`${validityFacts(result)}${result.reconciliation !== null && reconciliationTable(result.reconciliation)}`,
      },
      result.cost === null
        ? null
        : {
            id: 'cost',
            title: 'Cost',
            content: costTable('Cost of this load on AWS', [
              { head: target.label, cost: result.cost },
            ]),
          },
      { id: 'method', title: 'How this was measured', content: loadMethod(result) },
      {
        id: 'machine',
        title: 'Target and machine',
        content: html`${targetFacts(result)}${environmentBlock(environment)}`,
      },
    ],
    result,
  })
}

function keyFigures({ answered, outcomes, validity, workload }: LoadResult): KeyFigure[] {
  const total = outcomes.reduce((sum, { count: each }) => sum + each, 0)
  const ofOutcome = (...names: OutcomeName[]): number =>
    outcomes
      .filter(({ outcome }) => names.includes(outcome))
      .reduce((sum, { count: each }) => sum + each, 0)
  const cold = ofOutcome('cold')
  const started = cold + ofOutcome('warm')
  const throttled = ofOutcome('throttle')
  const failed = ofOutcome(
    'timeout',
    'out of memory',
    'function error',
    'http error',
    'client error',
  )
  const { responseMs } = answered
  const planned = validity.plannedPerSecond
  return [
    {
      name: 'response p50',
      figure: plainMs(responseMs.p50),
      unit: 'ms',
      more: `n ${count(responseMs.n)}`,
    },
    {
      name: 'response p99',
      figure: plainMs(responseMs.p99),
      unit: 'ms',
      more: responseMs.p99 === null ? 'n too small' : `max ${plainMs(responseMs.max)} ms`,
    },
    {
      name: 'rate achieved',
      figure: perSecond(validity.achievedPerSecond),
      unit: '/s',
      more:
        planned === null
          ? `closed loop, ${Math.round(workload.durationMs / 1_000)} s`
          : `${perSecond(planned)}/s planned`,
    },
    {
      name: 'throttled',
      figure: share(throttled, total),
      more: `${count(throttled)} of ${count(total)}`,
    },
    {
      name: 'cold',
      figure: share(cold, started),
      more: started === 0 ? 'the target does not tell' : `${count(cold)} of ${count(started)}`,
    },
    { name: 'failed', figure: share(failed, total), more: `${count(failed)} of ${count(total)}` },
  ]
}

function latencies(result: LoadResult): Section {
  return {
    id: 'latencies',
    title: 'How long callers waited',
    content: html`${percentilePlot(
      {
        id: 'percentiles',
        title: 'Response against service time, percentile by percentile',
        lead: 'Response time counts from the planned instant, service time from the send: where they part, requests had to wait to be sent.',
      },
      answeredCurves(result),
    )}${ecdfPlot(
      {
        id: 'ecdf',
        title: 'Cold against warm',
        lead: 'Share of requests answered within a time, from the planned instant.',
      },
      outcomeCurves(result),
    )}`,
  }
}

const answeredCurves = ({ answered: { responseMs, serviceMs } }: LoadResult): Curve[] => [
  ...ofDistribution(responseMs, {
    label: 'response',
    name: 'response time',
    colour: 's4',
    isDashed: false,
  }),
  ...ofDistribution(serviceMs, {
    label: 'service',
    name: 'service time',
    colour: 's3',
    isDashed: true,
  }),
]

const outcomeCurves = ({ outcomes }: LoadResult): Curve[] =>
  outcomes.flatMap(({ outcome, latencies: { responseMs } }) =>
    outcome === 'cold' || outcome === 'warm'
      ? ofDistribution(responseMs, {
          label: outcome,
          name: outcome,
          colour: outcome === 'cold' ? 's1' : 's3',
          isDashed: outcome === 'warm',
        })
      : [],
  )

function targetFacts({ target, workload }: LoadResult): Markup {
  const { kind, label, url, memorySizeMb, reservedConcurrency, isolation } = target
  return factsTable([
    ['Target', `${label} (${kind})`],
    ...(url === null ? [] : [['URL', url] as const]),
    ...(memorySizeMb === null ? [] : [['Memory', megabytes(memorySizeMb)] as const]),
    ...(kind === 'url' || reservedConcurrency === null
      ? []
      : [['Reserved concurrency', count(reservedConcurrency)] as const]),
    ...(isolation === null ? [] : [['Sandbox', isolation] as const]),
    ['Workload', `${workload.text} (${workload.arrivals}, ${workload.loop} loop)`],
    [
      'Planned requests',
      workload.planned === null ? 'as many as were answered' : count(workload.planned),
    ],
  ])
}
