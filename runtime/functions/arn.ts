import { SandlotError } from '../kernel/errors.ts'
import { failedConstraint } from './validation.ts'

/** The account and region that everything here belongs to. */
export const ACCOUNT_ID = '000000000000'
export const REGION = 'us-east-1'

export const functionArn = (name: string): string =>
  `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${name}`

export interface FunctionReference {
  readonly name: string
  /** `$LATEST`, a version or an alias; absent where none was given. */
  readonly qualifier: string | undefined
}

/** Pattern and length of `FunctionName`: AWS Lambda API reference, `Invoke`. */
const PATTERN =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?'
const MAX_LENGTH = 256

/** The same pattern, with names for its parts. */
const REFERENCE =
  /^(?:arn:(?:aws[a-zA-Z-]*)?:lambda:)?(?:(?<region>(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[a-zA-Z0-9-_.]+)(?::(?<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+))?$/

/**
 * A function as callers name it: `name`, `name:qualifier`, partial or full ARN.
 *
 * @throws SandlotError `Validation` for what no function could be called, `ResourceNotFound` for
 *   another region, `Forbidden` for another account, as Lambda answers.
 */
export function parseFunctionReference(text: string): FunctionReference {
  if (text.length > MAX_LENGTH) {
    const constraint = `Member must have length less than or equal to ${MAX_LENGTH}`
    throw failedConstraint('functionName', text, constraint)
  }
  const { name, qualifier, region, account } = REFERENCE.exec(text)?.groups ?? {}
  if (name === undefined) {
    const constraint = `Member must satisfy regular expression pattern: ${PATTERN}`
    throw failedConstraint('functionName', text, constraint)
  }
  if (region !== undefined && region !== REGION) {
    throw new SandlotError(
      'ResourceNotFound',
      `Functions from '${region}' are not reachable in this region ('${REGION}')`,
    )
  }
  if (account !== undefined && account !== ACCOUNT_ID) {
    throw new SandlotError('Forbidden', `Account ${account} is not accessible: ${text}`, {
      hint: `All functions here belong to the account ${ACCOUNT_ID}.`,
    })
  }
  return { name, qualifier }
}
