import { failedConstraint } from '../functions/validation.ts'

/** `Qualifier`: AWS Lambda API reference, `Invoke`, URI request parameters. */
const QUALIFIER = /^(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]{1,128})$/

/**
 * The version or alias in a request's query.
 *
 * @throws SandlotError `Validation` for what no version or alias could be called.
 */
export function qualifierIn(query: URLSearchParams): string | undefined {
  const qualifier = query.get('Qualifier')
  if (qualifier === null) return undefined
  if (QUALIFIER.test(qualifier)) return qualifier
  const pattern = '\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+'
  const constraint = `Member must satisfy regular expression pattern: ${pattern}`
  throw failedConstraint('qualifier', qualifier, constraint)
}
