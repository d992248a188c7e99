import type { Environment } from '../../cli/measure/environment.ts'
import type { Colours } from '../../cli/report/colours.ts'
import { formatMs } from '../../cli/report/format.ts'
import { plainTable } from '../../cli/report/plain-table.ts'
import type { Bounds, Figure, Measured, Unit } from './measurement.ts'
import { verdictOf } from './verdict.ts'

/** What was measured, under the name of the measurement. */
export interface NamedResult extends Measured {
  readonly name: string
  readonly title: string
}

/** One measurement's figures and verdicts, as text. */
export function resultText({ name, title, ...measured }: NamedResult, paint: Colours): string {
  const head = `${paint.bold(title)} ${paint.dim(`(${name})`)}`
  const { figures, notes = [], skipped } = measured
  if (skipped !== undefined) return `${head}\n${paint.yellow(`skipped: ${skipped}`)}`
  const table = plainTable(['', 'n', 'median', 'quartiles', 'promised', ''], 1, paint)
  for (const each of figures) table.push(rowOf(each, paint))
  const lines = [head, table.toString(), ...notes.map((note) => paint.dim(note))]
  // Tables pad their last column too.
  return lines.join('\n').replaceAll(/ +$/gm, '')
}

function rowOf(figure: Figure, paint: Colours): string[] {
  const { what, unit, n, value, quartiles, promised } = figure
  const isOne = n === 1
  return [
    what,
    n.toLocaleString('en-US'),
    withUnit(value, unit),
    isOne ? '' : quartiles.map((each) => plain(each, unit)).join(' to '),
    promised === undefined ? '' : boundsText(promised, unit),
    verdictText(figure, paint),
  ]
}

function verdictText(figure: Figure, paint: Colours): string {
  switch (verdictOf(figure)) {
    case 'ok':
      return paint.green('ok')
    case 'broken':
      return paint.red('BROKEN')
    case 'unclear':
      return paint.yellow('unclear')
    case undefined:
      return ''
  }
}

function boundsText({ atLeast, atMost }: Bounds, unit: Unit): string {
  if (atLeast === undefined) return `at most ${plain(atMost ?? Number.NaN, unit)}`
  if (atMost === undefined) return `at least ${plain(atLeast, unit)}`
  return atLeast === atMost
    ? plain(atMost, unit)
    : `${plain(atLeast, unit)} to ${plain(atMost, unit)}`
}

const SIGNS: Readonly<Record<Unit, string>> = {
  ms: ' ms',
  times: ' ×',
  MB: ' MB',
  'per second': '/s',
  seconds: ' s',
  left: '',
}

const withUnit = (value: number, unit: Unit): string => `${plain(value, unit)}${SIGNS[unit]}`

function plain(value: number, unit: Unit): string {
  switch (unit) {
    case 'ms':
      return value < 0 ? `-${formatMs(-value)}` : formatMs(value)
    case 'times':
      return value.toFixed(2)
    case 'MB':
    case 'seconds':
      return value.toFixed(1)
    case 'left':
    case 'per second':
      return Math.round(value).toLocaleString('en-US')
  }
}

/** A run as `--json` appends it. Raise `schemaVersion` when a reader would have to change. */
export function resultJson(
  results: readonly NamedResult[],
  facts: { readonly startedAt: string; readonly quick: boolean; readonly environment: Environment },
) {
  const { environment } = facts
  return {
    schema: 'sandlot-self',
    schemaVersion: 1,
    ...facts,
    environment: { ...environment, nodeOptions: environment.nodeOptions ?? null },
    measurements: results.map(({ name, figures, notes = [], skipped = null }) => ({
      name,
      skipped,
      notes,
      figures: figures.map((each) => ({
        what: each.what.trim(),
        unit: each.unit,
        n: each.n,
        median: each.value,
        quartiles: each.quartiles,
        interval: each.interval,
        promised: each.promised ?? null,
        verdict: verdictOf(each) ?? null,
      })),
    })),
  }
}
