import { SandlotError } from '../kernel/errors.ts'

/**
 * A member of a request that is not as Lambda's model says, in Lambda's words.
 *
 * @param member its name in lowerCamelCase.
 * @param value `null`: it is missing.
 * @param constraint what it must be: `Member must …`.
 */
export function failedConstraint(member: string, value: unknown, constraint: string): SandlotError {
  const told = value === null ? 'null' : `'${String(value)}'`
  return new SandlotError(
    'Validation',
    `1 validation error detected: Value ${told} at '${member}' failed to satisfy constraint: ${constraint}`,
  )
}

/** @throws SandlotError `Validation` for what is missing, or is not a whole number, or is below `least`. */
export function checkedWhole(member: string, value: unknown, least: number): number {
  if (value === undefined || value === null) {
    throw failedConstraint(member, null, 'Member must not be null')
  }
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value
  const constraint =
    typeof value === 'number' && value < least
      ? `Member must have value greater than or equal to ${least}`
      : 'Member must be a whole number'
  throw failedConstraint(member, value, constraint)
}

/** @throws SandlotError `Validation` for what is missing, is too long, or does not fit the pattern. */
export function checkedText(
  member: string,
  value: unknown,
  rule: { readonly pattern?: RegExp; readonly told?: string; readonly most: number },
): string {
  if (value === undefined || value === null) {
    throw failedConstraint(member, null, 'Member must not be null')
  }
  const text = String(value)
  if (text.length > rule.most) {
    const constraint = `Member must have length less than or equal to ${rule.most}`
    throw failedConstraint(member, text, constraint)
  }
  if (rule.pattern === undefined || rule.pattern.test(text)) return text
  const told = rule.told ?? rule.pattern.source
  throw failedConstraint(member, text, `Member must satisfy regular expression pattern: ${told}`)
}
