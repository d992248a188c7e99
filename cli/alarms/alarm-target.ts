import { UsageError } from '../exit-codes.ts'
import type { AlarmRule } from './alarm-rule.ts'
import { functionNamed, type NamedFunction } from './named-function.ts'

/** What is done when an alarm changes its state. */
export type AlarmTarget =
  | { readonly kind: 'print' }
  | { readonly kind: 'post'; readonly url: URL }
  | { readonly kind: 'invoke'; readonly functionName: string }

/**
 * Reads `print`, an http address or `function:NAME`.
 *
 * @throws UsageError, also for a function whose own failures could set off an alarm that invokes it.
 */
export function parseTarget(
  text: string,
  functions: readonly NamedFunction[],
  rules: readonly AlarmRule[],
): AlarmTarget {
  const refuse = (what: string, hint?: string): UsageError =>
    new UsageError(`--on-alarm '${text}': ${what}`, hint)
  if (text === 'print') return { kind: 'print' }
  const named = /^function:(.*)$/.exec(text)?.[1]
  if (named !== undefined) {
    const functionName = functionNamed(named, functions, refuse).name
    const circle = rules.find((rule) => (rule.functionName ?? functionName) === functionName)
    if (circle === undefined) return { kind: 'invoke', functionName }
    const why =
      circle.functionName === undefined ? `, which is of all functions, '${named}' too` : ''
    throw refuse(
      `'${named}' would be invoked by the alarm '${circle.text}'${why}: it could set itself off`,
      'Have an alarm of other functions invoke it, each named in an --alarm of its own.',
    )
  }
  const url = /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) throw refuse('must be print, an address with http://, or function:NAME')
  return { kind: 'post', url }
}
