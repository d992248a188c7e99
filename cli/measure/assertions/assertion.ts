/** What must hold of a result, as somebody has written it after `--assert`. */
export interface Assertion {
  readonly text: string
  readonly subject: FigureSubject | FlagSubject
  readonly operator: Operator
  /** Milliseconds, a share, a count or a ratio, as the subject has it; 1 for true, 0 for false. */
  readonly value: number
}

export interface FigureSubject {
  readonly kind: 'figure'
  /** Not the figure itself but how many times that of the first variant it is. */
  readonly isRatio: boolean
  /** Id or label of a variant; `null`: all of them. */
  readonly variant: string | null
  readonly series: SeriesWord
  readonly stat: Stat
}

export interface FlagSubject {
  readonly kind: 'flag'
  readonly flag: Flag
}

export type ResultKind = 'bench' | 'load' | 'tune'

/** Every series that can be named, and the results that have it. */
export const SERIES_WORDS = {
  cold: ['bench', 'load', 'tune'],
  second: ['bench'],
  tenth: ['bench'],
  warm: ['bench', 'load', 'tune'],
  billed: ['tune'],
  answered: ['load'],
  service: ['load'],
  lag: ['load'],
  throttle: ['load'],
  timeout: ['load'],
  'out-of-memory': ['load'],
  'function-error': ['load'],
  'http-error': ['load'],
  'client-error': ['load'],
  failed: ['bench', 'load', 'tune'],
  misclassified: ['bench'],
  dropped: ['load'],
} as const satisfies Record<string, readonly ResultKind[]>

export type SeriesWord = keyof typeof SERIES_WORDS

/** What a statistic is measured in. */
export type Dimension = 'time' | 'count' | 'share'

export const STATS = {
  min: 'time',
  p50: 'time',
  p90: 'time',
  p99: 'time',
  p999: 'time',
  max: 'time',
  count: 'count',
  share: 'share',
} as const satisfies Record<string, Dimension>

export type Stat = keyof typeof STATS

/** Series of which nothing is known but how many there were. */
export const COUNTED_ONLY: readonly SeriesWord[] = ['failed', 'misclassified', 'dropped']

export const FLAGS = {
  complete: ['bench', 'load', 'tune'],
  valid: ['load'],
  reconciled: ['load'],
} as const satisfies Record<string, readonly ResultKind[]>

export type Flag = keyof typeof FLAGS

/** Longer ones first: `<=` is not `<` and something else. */
export const OPERATORS = ['<=', '>=', '==', '!=', '<', '>'] as const

export type Operator = (typeof OPERATORS)[number]

/** What became of an assertion. */
export interface AssertionOutcome {
  readonly text: string
  readonly ok: boolean
  /** What it is instead, for a person; `null` where there is no such figure. */
  readonly actual: string | null
  /** Why it does not hold, a sentence; `null` where it does. */
  readonly reason: string | null
}
