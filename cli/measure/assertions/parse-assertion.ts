import { UsageError } from '../../exit-codes.ts'
import {
  type Assertion,
  COUNTED_ONLY,
  type Dimension,
  type FigureSubject,
  FLAGS,
  type Flag,
  OPERATORS,
  type ResultKind,
  SERIES_WORDS,
  type SeriesWord,
  STATS,
  type Stat,
} from './assertion.ts'

/**
 * Reads assertions; do it before anything is measured.
 *
 * @param kind of the result they will be checked on; absent: any.
 * @throws UsageError that says what is wrong where.
 */
export function parseAssertions(texts: readonly string[], kind?: ResultKind): Assertion[] {
  return texts.map((text) => parseAssertion(text, kind))
}

function parseAssertion(text: string, kind: ResultKind | undefined): Assertion {
  const refuse: Refuse = (part, what) => refusal(text, part, what)
  const at = /[<>=!]/.exec(text)?.index ?? text.length
  const operator = OPERATORS.find((each) => text.startsWith(each, at))
  if (operator === undefined) {
    const isHalf = text[at] === '='
    throw refuse({ at, text: text.slice(at, at + 1) }, isHalf ? "write '=='" : NO_OPERATOR)
  }
  const left = trimmed(text.slice(0, at), 0)
  const right = trimmed(text.slice(at + operator.length), at + operator.length)
  if (Object.hasOwn(FLAGS, left.text)) {
    checkKind(left, FLAGS[left.text as Flag], kind, refuse)
    if (operator !== '==' && operator !== '!=') {
      throw refuse({ at, text: operator }, `'${left.text}' is true or false: compare with == or !=`)
    }
    const subject = { kind: 'flag', flag: left.text as Flag } as const
    return { text, subject, operator, value: flagValue(right, refuse) }
  }
  const subject = parseSubject(left, kind, refuse)
  const dimension = subject.isRatio ? 'ratio' : STATS[subject.stat]
  return { text, subject, operator, value: parseValue(right, dimension, refuse) }
}

/** A piece of the text, and where it begins. */
interface Part {
  readonly at: number
  readonly text: string
}

type Refuse = (part: Part, what: string) => UsageError

const NO_OPERATOR = `there is no comparison: one of ${[...OPERATORS].sort().join(' ')}`

function refusal(text: string, part: Part, what: string): UsageError {
  const place = part.text === '' ? 'at its end' : `at '${part.text}'`
  const message = `--assert '${text}', ${place} (character ${part.at + 1}): ${what}`
  // Whatever follows --assert is taken for an assertion.
  const hint = what === NO_OPERATOR ? ' Files and functions go before --assert.' : ''
  return new UsageError(
    message,
    `Written as 'cold.p99<200ms' or 'ratio(warm.p50)<1.1': --help has all of it.${hint}`,
  )
}

function trimmed(text: string, at: number): Part {
  return { at: at + (text.length - text.trimStart().length), text: text.trim() }
}

function parseSubject(whole: Part, kind: ResultKind | undefined, refuse: Refuse): FigureSubject {
  const inner = /^ratio\((.*)\)$/.exec(whole.text)?.[1]
  const isRatio = inner !== undefined
  const part = isRatio ? trimmed(inner, whole.at + 'ratio('.length) : whole
  // From the right: the label of a variant may have dots of its own.
  const statAt = part.text.lastIndexOf('.')
  const seriesAt = part.text.lastIndexOf('.', statAt - 1)
  if (statAt <= 0) throw refuse(part, 'a figure is written as SERIES.STAT, as in cold.p99')
  const stat = { at: part.at + statAt + 1, text: part.text.slice(statAt + 1) }
  const series = { at: part.at + seriesAt + 1, text: part.text.slice(seriesAt + 1, statAt) }
  if (!isSeries(series.text)) {
    throw refuse(series, `there is no such series: one of ${seriesOf(kind).join(', ')}`)
  }
  checkKind(series, SERIES_WORDS[series.text], kind, refuse)
  if (!isStat(stat.text)) {
    throw refuse(stat, `there is no such statistic: one of ${Object.keys(STATS).join(', ')}`)
  }
  checkStat(series.text, stat, kind, refuse)
  const variant = seriesAt < 0 ? null : part.text.slice(0, seriesAt)
  return { kind: 'figure', isRatio, variant, series: series.text, stat: stat.text }
}

const isSeries = (text: string): text is SeriesWord => Object.hasOwn(SERIES_WORDS, text)
const isStat = (text: string): text is Stat => Object.hasOwn(STATS, text)

const seriesOf = (kind: ResultKind | undefined): string[] =>
  Object.entries<readonly ResultKind[]>(SERIES_WORDS).flatMap(([word, kinds]) =>
    kind === undefined || kinds.includes(kind) ? [word] : [],
  )

function checkKind(
  part: Part,
  kinds: readonly ResultKind[],
  kind: ResultKind | undefined,
  refuse: Refuse,
): void {
  if (kind === undefined || kinds.includes(kind)) return
  throw refuse(part, `'${part.text}' is of ${kinds.join(' and ')} results, not of ${kind} results`)
}

function checkStat(
  series: SeriesWord,
  stat: Part,
  kind: ResultKind | undefined,
  refuse: Refuse,
): void {
  if (COUNTED_ONLY.includes(series) && STATS[stat.text as Stat] === 'time') {
    throw refuse(stat, `'${series}' is only counted: it has count${shareToo(kind)}`)
  }
  if (stat.text === 'share' && kind !== undefined && kind !== 'load') {
    throw refuse(stat, `shares are of load results, not of ${kind} results: count it`)
  }
  if (kind === 'tune' && stat.text !== 'p50' && stat.text !== 'count') {
    throw refuse(stat, 'tune results have p50 and count')
  }
  if (kind === 'tune' && (stat.text === 'count') !== (series === 'failed')) {
    throw refuse(stat, "tune results have p50 of series, and count of 'failed'")
  }
}

const shareToo = (kind: ResultKind | undefined): string =>
  kind === undefined || kind === 'load' ? ' and share' : ''

function flagValue(part: Part, refuse: Refuse): number {
  if (part.text !== 'true' && part.text !== 'false') throw refuse(part, 'write true or false')
  return part.text === 'true' ? 1 : 0
}

/** What one of a unit is: of a time in milliseconds. */
const UNITS: Readonly<Record<Dimension | 'ratio', Readonly<Record<string, number>>>> = {
  time: { us: 0.001, µs: 0.001, ms: 1, s: 1_000 },
  share: { '': 1, '%': 0.01 },
  ratio: { '': 1, '%': 0.01 },
  count: { '': 1 },
}

const UNIT_TEXTS: Readonly<Record<Dimension | 'ratio', string>> = {
  time: 'a time needs a unit: us, ms or s',
  share: 'a share is written as 0.05 or 5%',
  ratio: 'a ratio is written as 1.1 or 110%',
  count: 'a count has no unit',
}

function parseValue(part: Part, dimension: Dimension | 'ratio', refuse: Refuse): number {
  const match = /^(\d[\d_]*(?:\.\d+)?|\.\d+)\s*(.*)$/.exec(part.text)
  const [, digits, unit = ''] = match ?? []
  if (digits === undefined) throw refuse(part, 'there must be a number, as in 200ms')
  const factor = Object.hasOwn(UNITS[dimension], unit) ? UNITS[dimension][unit] : undefined
  if (factor === undefined) throw refuse(part, UNIT_TEXTS[dimension])
  return Number(digits.replaceAll('_', '')) * factor
}
