import type { Distribution } from '../../measure/results/figures.ts'
import type {
  LoadResult,
  OutcomeResult,
  Reconciliation,
} from '../../measure/results/load-result.ts'
import { NOT_SUPPORTED } from '../format.ts'
import { html, type Markup } from './escape.ts'
import { count, milliseconds, perSecond, plainMs, share } from './numbers.ts'
import { type Cell, factsTable, type Row, table } from './tables.ts'

/** One group of rows an outcome: none is ever mixed with another. */
export function outcomeTable({ outcomes, answered }: LoadResult): Markup {
  const total = outcomes.reduce((sum, { count: each }) => sum + each, 0)
  return table(
    'Outcomes, and their times in ms',
    [
      { name: 'outcome', wraps: true },
      { name: 'count' },
      { name: 'share' },
      { name: 'time', isText: true },
      { name: 'p50', isMain: true },
      { name: 'p90' },
      { name: 'p99' },
      { name: 'p99.9' },
      { name: 'max' },
    ],
    [
      ...outcomes.flatMap((outcome) => rowsOf(outcome, total)),
      ...rowsOf(
        {
          outcome: 'answered: cold and warm',
          reason: null,
          count: answered.responseMs.n,
          latencies: answered,
        },
        total,
      ),
    ],
    'response: from the instant a request was planned for, which is what a caller who comes at that instant waits. service: from the send.',
  )
}

type AnyOutcome = Omit<OutcomeResult, 'outcome'> & { readonly outcome: string }

function rowsOf({ outcome, reason, count: n, latencies }: AnyOutcome, total: number): Row[] {
  const name =
    reason === null ? outcome : html`${outcome}<br><span class="between">${reason}</span>`
  return [
    {
      head: name,
      headRows: 2,
      isFirst: true,
      cells: [count(n), share(n, total), 'response', ...times(latencies.responseMs)],
    },
    { cells: [null, null, 'service', ...times(latencies.serviceMs)] },
  ]
}

const times = ({ p50, p90, p99, p999, max }: Distribution): string[] =>
  [p50, p90, p99, p999, max].map(plainMs)

/** Whether the generator kept to its plan. */
export function validityFacts({ validity }: LoadResult): Markup {
  const { valid, plannedPerSecond, achievedPerSecond, lagMs, eventLoopDelayMs } = validity
  const { generatorCpu, dropped } = validity
  return factsTable([
    ['Valid', valid ? 'yes' : html`<span class="off">no</span>`],
    [
      'Planned rate',
      plannedPerSecond === null ? 'none: a closed loop' : `${perSecond(plannedPerSecond)}/s`,
    ],
    ['Achieved rate', `${perSecond(achievedPerSecond)}/s`],
    [
      'Sent later than planned by',
      `p50 ${milliseconds(lagMs.p50)}, p99 ${milliseconds(lagMs.p99)}, max ${milliseconds(lagMs.max)} (n ${count(lagMs.n)})`,
    ],
    [
      'Event loop of the generator late by',
      `p99 ${milliseconds(eventLoopDelayMs.p99)}, max ${milliseconds(eventLoopDelayMs.max)}`,
    ],
    ['CPU of the generator', `${(generatorCpu * 100).toFixed(0)} % of a core`],
    ['Not sent: too many in flight', count(dropped)],
  ])
}

/** Three counts of the same invocations, by three parties. */
export function reconciliationTable({ rows, differences }: Reconciliation): Markup {
  const cell = (value: number | null): Cell => (value === null ? NOT_SUPPORTED : count(value))
  const counts = table(
    'Counted three times',
    [{ name: '' }, { name: 'generator' }, { name: 'controller' }, { name: 'sandboxes' }],
    rows.map(({ what, generator, controller, sandboxes }) => ({
      head: what,
      cells: [generator, controller, sandboxes].map(cell),
    })),
    'A dash: this party cannot know.',
  )
  return differences.length === 0
    ? html`<p>Generator, controller and sandboxes agree on every count.</p>${counts}`
    : html`<div class="notice" role="note" data-notice="differences"><strong>The counts differ.</strong><ul>${differences.map((each) => html`<li>${each}</li>`)}</ul></div>${counts}`
}
