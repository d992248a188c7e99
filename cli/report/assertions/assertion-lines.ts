import type { AssertionOutcome } from '../../measure/assertions/assertion.ts'
import type { Colours } from '../colours.ts'

/** Assertions and what became of them, for the terminal: one line each. */
export function assertionLines(outcomes: readonly AssertionOutcome[], paint: Colours): string {
  const width = Math.max(0, ...outcomes.map(({ text }) => text.length))
  const lines = outcomes.map(({ text, ok, actual, reason }) => {
    const mark = ok ? paint.green('holds') : paint.red('FAILS')
    return `${mark}  ${text.padEnd(width)}  ${ok ? paint.dim(actual ?? '') : (reason ?? '')}`
  })
  return lines.map((line) => line.trimEnd()).join('\n')
}
