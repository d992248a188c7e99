import { didYouMean } from '../../runtime/functions/did-you-mean.ts'
import type { UsageError } from '../exit-codes.ts'

/** What of a function is needed to find it. */
export interface NamedFunction {
  readonly name: string
  readonly logicalId?: string | undefined
}

/** The function of that name or logical id. @throws what `refuse` makes of the reason. */
export function functionNamed(
  text: string,
  functions: readonly NamedFunction[],
  refuse: (what: string) => UsageError,
): NamedFunction {
  const found = functions.find(({ name, logicalId }) => name === text || logicalId === text)
  if (found !== undefined) return found
  if (text.includes(':')) throw refuse('versions and aliases are not watched: name the function')
  const names = functions.flatMap(({ name, logicalId }) => (logicalId ? [logicalId, name] : [name]))
  const shown = functions.map(({ name, logicalId }) => logicalId ?? name)
  throw refuse(`there is no such function${didYouMean(text, names)}: ${shown.join(', ')}`)
}
