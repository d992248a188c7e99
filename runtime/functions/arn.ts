import { SandlotError } from '../kernel/errors.ts'

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

/**
 * A function as callers name it: `name`, `name:qualifier`, partial or full ARN.
 * Pattern: AWS Lambda API reference, `Invoke`, `FunctionName`.
 */
const REFERENCE =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:[a-z]{2}(?:-gov)?-[a-z]+-\d:)?(?:\d{12}:)?(?:function:)?([a-zA-Z0-9-_.]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/

/** @throws SandlotError `Validation` for what no function could be called. */
export function parseFunctionReference(text: string): FunctionReference {
  const match = text.length <= 256 ? REFERENCE.exec(text) : null
  const name = match?.[1]
  if (name === undefined) {
    throw new SandlotError(
      'Validation',
      `1 validation error detected: Value '${text}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${REFERENCE.source}`,
    )
  }
  return { name, qualifier: match?.[2] }
}
