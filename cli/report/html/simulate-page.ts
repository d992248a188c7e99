import type { LatencySummary } from '../../../runtime/simulation/simulation-outcome.ts'
import type { PolicyResult, SimulateResult } from '../../measure/results/simulate-result.ts'
import { counted } from '../counted.ts'
import { NOT_SUPPORTED } from '../format.ts'
import {
  amount,
  decisionsPerSecond,
  FUNCTION_QUANTILES,
  functionShare,
  percent,
  throttled,
} from '../simulate/policy-figures.ts'
import { timeText } from '../simulate/time-text.ts'
import { costTable } from './cost-table.ts'
import { environmentBlock } from './environment-block.ts'
import { html, type Markup } from './escape.ts'
import { headline, type KeyFigure } from './headline.ts'
import { notices } from './notices.ts'
import { count, dateText, milliseconds, share } from './numbers.ts'
import { page, type Section } from './page.ts'
import { simulateMethod } from './simulate-method.ts'
import { paretoPlot } from './simulate-pareto.ts'
import { type QuantileRow, quantilePlot } from './simulate-quantiles.ts'
import {
  latencyTable,
  memoryTable,
  policyTable,
  provisionedTable,
  refusalTable,
  ruleFacts,
  speedTable,
} from './simulate-tables.ts'
import { sandboxesPlot, startsPlot } from './simulate-time.ts'
import { seriesColour } from './theme.ts'

export function simulatePage(result: SimulateResult): Markup {
  const { workload, environment, policies, latency } = result
  return page({
    kind: 'simulation',
    title: `${workload.text}: ${policies.length === 1 ? `policy ${policies[0]?.policy}` : counted(policies.length, 'policy', 'policies')}`,
    facts: [
      dateText(result.startedAt),
      latency.kind === 'published' ? 'published times, not measured here' : `${latency.kind} times`,
      `seed ${result.seed}`,
      `Sandlot ${environment.sandlot}, Node.js ${environment.node.replace(/^v/, '')}`,
    ],
    notices: noticesOf(result),
    headline: headline(keyFigures(policies)),
    sections: [
      tradeSection(policies),
      timeSection(policies),
      latencySection(policies),
      {
        id: 'figures',
        title: 'All figures',
        content: html`${policyTable(result)}${refusalTable(result)}${provisionedTable(result)}${memoryTable(result)}${latencyTable(result)}${speedTable(result)}`,
      },
      {
        id: 'cost',
        title: 'Cost',
        content: costTable(
          'What Lambda would bill',
          policies.map(({ policy, cost }) => ({ head: policy, cost })),
        ),
      },
      {
        id: 'method',
        title: 'What is simulated, and what is measured',
        content: simulateMethod(result),
      },
      {
        id: 'rules',
        title: 'Workload, rules and machine',
        content: html`${ruleFacts(result)}${environmentBlock(environment)}`,
      },
    ],
    result,
  })
}

/** What was simulated until an interruption is not the whole workload. */
function noticesOf({ policies, complete, workload, warnings }: SimulateResult): Markup {
  const ended = policies.filter((each) => !each.complete)
  const parts = ended.map(({ policy, outcome }) => `${policy}: ${timeText(outcome.simulatedMs)}`)
  const sofar = `Of ${timeText(workload.durationMs)}${parts.length === 0 ? ', some policies were not simulated' : ` were simulated: ${parts.join('; ')}`}`
  return html`${
    !complete &&
    html`<div class="notice" role="note" data-notice="incomplete"><p><strong>Not complete.</strong> The simulation was interrupted. ${sofar}.</p></div>
`
  }${notices(true, [...warnings, ...workload.skipped.map((text) => `Workload: ${text}`)])}`
}

function keyFigures(policies: readonly PolicyResult[]): KeyFigure[] {
  const [first] = policies
  if (first === undefined) return []
  const { outcome } = first
  const lowest = (of: (policy: PolicyResult) => number): PolicyResult =>
    policies.reduce((best, each) => (of(each) < of(best) ? each : best), first)
  const coldest = lowest((each) => each.outcome.coldShare ?? Number.POSITIVE_INFINITY)
  const leanest = lowest((each) => each.outcome.memory.idleGbS)
  const turnedAway = throttled(outcome) + outcome.refused
  const isOne = policies.length === 1
  const speed = decisionsPerSecond(first)
  const [cold = '', unit] = percent(coldest.outcome.coldShare).split(/ (?=%)/)
  return [
    {
      name: 'invocations',
      figure: short(outcome.arrived),
      more: counted(outcome.activeFunctions, 'function'),
    },
    {
      name: isOne ? 'cold starts' : 'fewest cold starts',
      figure: cold,
      ...(unit !== undefined && { unit }),
      more: coldest.policy,
    },
    {
      name: isOne ? 'idle memory' : 'least idle memory',
      figure: short(leanest.outcome.memory.idleGbS),
      more: `GB-s, ${leanest.policy}`,
    },
    {
      name: 'did not run',
      figure: share(turnedAway, outcome.arrived),
      more: `${count(turnedAway)}, ${first.policy}`,
    },
    {
      name: 'in flight',
      figure: count(outcome.concurrency.max),
      more: `at most, ${first.policy}`,
    },
    {
      name: 'decisions',
      figure: speed === null ? NOT_SUPPORTED : amount(speed / 1_000),
      unit: 'k/s',
      more: `in ${(first.cpuMs / 1_000).toFixed(2)} s of CPU`,
    },
  ]
}

/** As many digits as there is room for. */
const short = (value: number): string =>
  value < 1e7 ? amount(value) : `${count(Math.round(value / 1e6))} M`

/** `null` with one policy: there is nothing to trade. */
function tradeSection(policies: readonly PolicyResult[]): Section | null {
  if (policies.length < 2) return null
  const third = (each: PolicyResult) => functionShare(each.outcome, 'p75')
  const isOfFunctions = policies.filter((each) => third(each) !== null).length > 1
  return {
    id: 'trade',
    title: 'Cold starts against idle memory',
    content: html`${paretoPlot(
      {
        id: 'pareto',
        title: 'All invocations',
        lead: 'Further down starts cold less often, further left keeps less memory idle for it. A policy is better than another where it is both.',
        axis: 'cold starts of all that ran',
      },
      policies,
      ({ outcome }) => outcome.coldShare,
    )}${
      isOfFunctions &&
      paretoPlot(
        {
          id: 'pareto-functions',
          title: 'The third quartile of functions',
          lead: 'A quarter of the functions start cold more often than this: those that are seldom invoked, which no share of all invocations shows.',
          axis: 'cold starts, p75 of functions',
        },
        policies,
        third,
      )
    }`,
  }
}

const timeSection = (policies: readonly PolicyResult[]): Section => ({
  id: 'time',
  title: 'Over time',
  content: html`${sandboxesPlot(
    {
      id: 'sandboxes',
      title: 'Sandboxes and invocations in flight',
      lead: 'What the policies keep above the line of what is in flight is idle.',
    },
    policies,
  )}${startsPlot(
    {
      id: 'starts',
      title: 'Cold starts, throttles and refusals',
      lead: 'When invocations had to wait for a sandbox, and when they were sent away.',
    },
    policies,
  )}`,
})

const latencySection = (policies: readonly PolicyResult[]): Section => ({
  id: 'waits',
  title: 'Who waited, and how long',
  content: html`${quantilePlot(
    {
      id: 'latency',
      title: 'What callers waited',
      lead: 'All that ran, and those of them that started cold.',
      note: 'From left to right: p50 (large), p90, p99 and p99.9 (open), and a stroke for the longest. A mark is left out where fewer than ten samples lie beyond it.',
    },
    policies.flatMap((each, index) => latencyRows(each, index)),
    { kind: 'time', title: 'time, ms, log scale', format: milliseconds },
  )}${quantilePlot(
    {
      id: 'function-shares',
      title: 'How often each function starts cold',
      lead: 'Every function has a share of its own: half of them have less than the large mark, one in ten more than the p90.',
      note: `n = ${count(policies[0]?.outcome.activeFunctions ?? 0)} functions that were invoked. From left to right: p25 (open), p50 (large), p75, p90, p99 (open), and a stroke for the largest. A mark is left out where fewer than ten functions lie beyond it.`,
    },
    policies.map((each, index) => shareRow(each, index)),
    { kind: 'share', title: 'cold starts of a function’s invocations', format: percent },
  )}`,
})

function latencyRows({ policy, outcome: { latencyMs } }: PolicyResult, index: number) {
  const colour = seriesColour(index)
  return [
    { name: policy, kind: 'all', colour, marks: latencyMarks(latencyMs.all) },
    { name: undefined, kind: 'cold', colour, marks: latencyMarks(latencyMs.cold) },
  ]
}

function latencyMarks({ p50, p90, p99, p999, max }: LatencySummary): QuantileRow['marks'] {
  return marks([
    ['p50', p50],
    ['p90', p90],
    ['p99', p99],
    ['p99.9', p999],
    ['max', max],
  ])
}

function shareRow({ policy, outcome }: PolicyResult, index: number): QuantileRow {
  const names = Object.keys(FUNCTION_QUANTILES) as (keyof typeof FUNCTION_QUANTILES)[]
  const quantiles = names.map((name) => [name, functionShare(outcome, name)] as const)
  // Beside no quantile the largest would say little.
  const isSupported = quantiles.some(([, value]) => value !== null)
  const max = isSupported ? (outcome.coldSharePerFunction?.max ?? null) : null
  return {
    name: policy,
    colour: seriesColour(index),
    marks: marks([...quantiles, ['max', max]]),
  }
}

const marks = (all: readonly (readonly [string, number | null])[]): QuantileRow['marks'] =>
  all.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]))
