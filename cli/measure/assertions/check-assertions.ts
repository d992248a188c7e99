import { samplesNeeded } from '../statistics/quantiles.ts'
import {
  type AnyResult,
  type Asserted,
  type AssertedFigure,
  type AssertedVariant,
  assertedOf,
  QUANTILES,
} from './asserted-figures.ts'
import {
  type Assertion,
  type AssertionOutcome,
  type FigureSubject,
  type FlagSubject,
  type Operator,
  STATS,
  type Stat,
} from './assertion.ts'

/** Whether each assertion holds of a result. */
export const checkAssertions = (
  assertions: readonly Assertion[],
  result: AnyResult,
): AssertionOutcome[] => checkAsserted(assertions, assertedOf(result))

/** The same of whatever has figures, as several results have together. */
export function checkAsserted(
  assertions: readonly Assertion[],
  asserted: Asserted,
): AssertionOutcome[] {
  return assertions.map(({ text, subject, operator, value }) => {
    const seen =
      subject.kind === 'flag' ? flagSeen(subject, asserted) : figuresSeen(subject, asserted)
    if (typeof seen === 'string') return { text, ok: false, actual: null, reason: seen }
    const wrong = seen.filter((each) => each.value === null || !holds(each.value, operator, value))
    return {
      text,
      ok: wrong.length === 0,
      actual: seen.map((each) => each.shown).join(', '),
      reason: wrong.length === 0 ? null : wrong.map(reasonOf).join('; '),
    }
  })
}

/** A figure of one variant, and how it is told. */
interface Seen {
  readonly value: number | null
  /** With the variant's name where there are several. */
  readonly shown: string
  /** Why there is no value. */
  readonly missing?: string
}

const reasonOf = ({ shown, missing }: Seen): string => missing ?? `measured ${shown}`

function flagSeen({ flag }: FlagSubject, asserted: Asserted): Seen[] | string {
  const value = asserted.flag(flag)
  if (value === null) return `'${flag}' was not looked at here`
  return [{ value: value ? 1 : 0, shown: String(value) }]
}

function figuresSeen(subject: FigureSubject, { groups }: Asserted): Seen[] | string {
  const isNamed = ({ id, label }: AssertedVariant): boolean =>
    subject.variant === null || subject.variant === id || subject.variant === label
  const all = groups.flat()
  if (!all.some(isNamed)) {
    const names = all.map(({ id, label }) => (id === label ? id : `${id} (${label})`))
    return `there is no variant '${subject.variant}', only ${names.join(', ')}`
  }
  if (!subject.isRatio) {
    const chosen = all.filter(isNamed)
    return chosen.map((variant) =>
      prefixed(seenOf(variant.figure(subject.series, subject.stat), subject), variant, chosen),
    )
  }
  const pairs = groups.flatMap(([first, ...others]) =>
    first === undefined ? [] : others.filter(isNamed).map((other) => ({ first, other })),
  )
  if (pairs.length === 0) return 'there is nothing to compare with the first variant'
  return pairs.map(({ first, other }) =>
    prefixed(
      ratioSeen(subject, first, other),
      other,
      pairs.map((pair) => pair.other),
    ),
  )
}

/** `B 0.52 ms`; with its label where ids say too little, without a name where there is one only. */
function prefixed(
  seen: Seen,
  { id, label }: AssertedVariant,
  all: readonly AssertedVariant[],
): Seen {
  if (all.length < 2) return seen
  const isUnique = all.filter((each) => each.id === id).length === 1
  const name = isUnique ? id : `${id} (${label})`
  const { missing } = seen
  return {
    ...seen,
    shown: `${name}: ${seen.shown}`,
    ...(missing !== undefined && { missing: `${name}: ${missing}` }),
  }
}

function ratioSeen(subject: FigureSubject, first: AssertedVariant, other: AssertedVariant): Seen {
  const [base, figure] = [first, other].map((each) =>
    seenOf(each.figure(subject.series, subject.stat), subject),
  ) as [Seen, Seen]
  for (const each of [base, figure]) if (each.value === null) return each
  if (base.value === 0) return none('there is no ratio to 0')
  const value = (figure.value as number) / (base.value as number)
  return { value, shown: `${Number(value.toPrecision(4))} (${figure.shown} to ${base.shown})` }
}

function seenOf(figure: AssertedFigure | null, { series, stat }: FigureSubject): Seen {
  if (figure === null) return none(`there is no ${series}.${stat} here`)
  if (figure.value === null) return none(tooFew(stat, figure.n))
  return { value: figure.value, shown: shownAs(figure.value, stat) }
}

const none = (missing: string): Seen => ({ value: null, shown: '–', missing })

function tooFew(stat: Stat, n: number): string {
  const q = QUANTILES[stat]
  if (q === undefined) return 'there are no samples'
  const needed = samplesNeeded(q).toLocaleString('en-US')
  return `n too small: ${stat} needs ${needed} samples, there are ${n.toLocaleString('en-US')}`
}

/** Four digits: enough to see why `< 200ms` does not hold of 200.1. */
function shownAs(value: number, stat: Stat): string {
  switch (STATS[stat]) {
    case 'time':
      return `${Number(value.toPrecision(4))} ms`
    case 'share':
      return `${Number((value * 100).toPrecision(4))} %`
    case 'count':
      return value.toLocaleString('en-US')
  }
}

function holds(actual: number, operator: Operator, value: number): boolean {
  switch (operator) {
    case '<':
      return actual < value
    case '<=':
      return actual <= value
    case '>':
      return actual > value
    case '>=':
      return actual >= value
    case '==':
      return actual === value
    case '!=':
      return actual !== value
  }
}
