import type {
  LatencySummary,
  SimulationOutcome,
} from '../../../runtime/simulation/simulation-outcome.ts'
import type { SimulateResult } from '../../measure/results/simulate-result.ts'
import { NOT_SUPPORTED } from '../format.ts'
import {
  amount,
  decisionsPerSecond,
  functionShare,
  percent,
  provisionedCounts,
  ratio,
  refusals,
  relativeIdle,
  throttled,
} from '../simulate/policy-figures.ts'
import { rulesTexts } from '../simulate/simulate-heading.ts'
import { timeText } from '../simulate/time-text.ts'
import type { Markup } from './escape.ts'
import { count, megabytes, plainMs } from './numbers.ts'
import { factsTable, type Row, table } from './tables.ts'

/** The figures that policies are chosen by, a row for each. */
export const policyTable = ({ policies }: SimulateResult): Markup =>
  table(
    'By policy',
    [
      { name: 'policy' },
      { name: 'arrived' },
      { name: 'cold' },
      { name: 'share', isMain: true },
      { name: 'functions p50' },
      { name: 'p75' },
      { name: 'p90' },
      { name: 'throttled' },
      { name: 'timeouts' },
      { name: 'in flight' },
      { name: 'sandboxes' },
    ],
    policies.map(({ policy, outcome }) => ({
      head: policy,
      cells: [
        count(outcome.arrived),
        count(outcome.cold),
        percent(outcome.coldShare),
        percent(functionShare(outcome, 'p50')),
        percent(functionShare(outcome, 'p75')),
        percent(functionShare(outcome, 'p90')),
        count(throttled(outcome)),
        count(outcome.timeouts),
        count(outcome.concurrency.max),
        count(outcome.sandboxes.max),
      ],
    })),
    'share: cold starts among all that ran. functions: each function’s own share, over the functions that were invoked. in flight, sandboxes: the most at once.',
  )

export const memoryTable = ({ policies }: SimulateResult): Markup =>
  table(
    'Memory over time, GB-seconds',
    [
      { name: 'policy' },
      { name: 'idle', isMain: true },
      { name: 'to the first' },
      { name: 'busy' },
      { name: 'starting' },
      { name: 'most at once' },
      { name: 'sandboxes started' },
      { name: 'ahead of demand' },
      { name: 'of them used' },
    ],
    policies.map((each) => {
      const { policy, outcome } = each
      const { memory, prewarmed, sandboxes } = outcome
      return {
        head: policy,
        cells: [
          amount(memory.idleGbS),
          ratio(relativeIdle(each, policies[0])),
          amount(memory.busyGbS),
          amount(memory.startingGbS),
          megabytes(Math.round(memory.peakMb)),
          count(sandboxes.created),
          count(prewarmed.started),
          count(prewarmed.used),
        ],
      }
    }),
    'idle: held by sandboxes that did nothing, which Lambda does not bill. ahead of demand: those of them that a policy started before anything had asked for them.',
  )

export const latencyTable = ({ policies }: SimulateResult): Markup =>
  table(
    'What callers waited, ms',
    [
      { name: 'policy' },
      { name: 'of', isText: true },
      { name: 'n' },
      { name: 'p50', isMain: true },
      { name: 'p90' },
      { name: 'p99' },
      { name: 'p99.9' },
      { name: 'max' },
    ],
    policies.flatMap(({ policy, outcome: { latencyMs } }): Row[] => [
      {
        head: policy,
        headRows: 3,
        isFirst: true,
        cells: ['all that ran', ...latencyCells(latencyMs.all)],
      },
      { cells: ['cold', ...latencyCells(latencyMs.cold)] },
      { cells: ['warm', ...latencyCells(latencyMs.warm)] },
    ]),
  )

const latencyCells = ({ n, p50, p90, p99, p999, max }: LatencySummary): string[] => [
  count(n),
  ...[p50, p90, p99, p999, max].map(plainMs),
]

/** `null` where everything ran. */
export const refusalTable = (result: SimulateResult): Markup | null =>
  countTable('What did not run', 'reason', result, refusals)

/** `null` where nothing was provisioned. */
export const provisionedTable = (result: SimulateResult): Markup | null =>
  countTable('Provisioned concurrency', 'what', result, provisionedCounts)

function countTable(
  caption: string,
  what: string,
  { policies }: SimulateResult,
  of: (outcome: SimulationOutcome) => readonly (readonly [string, number])[],
): Markup | null {
  const rows = policies.flatMap(({ policy, outcome }) =>
    of(outcome).map(([name, times]): Row => ({ head: policy, cells: [name, count(times)] })),
  )
  if (rows.length === 0) return null
  return table(
    caption,
    [{ name: 'policy' }, { name: what, isText: true, wraps: true }, { name: 'how many' }],
    rows,
  )
}

export const speedTable = ({ policies }: SimulateResult): Markup =>
  table(
    'How fast it was simulated, as measured',
    [
      { name: 'policy' },
      { name: 'decisions' },
      { name: 'CPU s' },
      { name: 's' },
      { name: 'decisions per CPU second', isMain: true },
    ],
    policies.map((each) => {
      const speed = decisionsPerSecond(each)
      return {
        head: each.policy,
        cells: [
          count(each.outcome.decisions),
          (each.cpuMs / 1_000).toFixed(2),
          (each.elapsedMs / 1_000).toFixed(2),
          speed === null ? NOT_SUPPORTED : count(speed),
        ],
      }
    }),
  )

export const ruleFacts = ({ workload, latency, rules, seed }: SimulateResult): Markup =>
  factsTable([
    ['Workload', workload.text],
    ['Functions', count(workload.functions)],
    [
      'Invocations',
      workload.planned === null ? 'as many as the trace has' : count(workload.planned),
    ],
    ['Length', timeText(workload.durationMs)],
    ['Times', latency.text],
    ['Rules', rulesTexts(rules).join('; ')],
    ['Seed', String(seed)],
    [
      'Left out or assumed',
      workload.skipped.length === 0 ? 'nothing' : workload.skipped.join('; '),
    ],
  ])
