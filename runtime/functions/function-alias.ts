import { checkedText } from './validation.ts'

/** A name for a version of a function, which can be moved to another one. */
export interface FunctionAlias {
  readonly name: string
  readonly arn: string
  /** The version it points to: a number, or `$LATEST`. */
  readonly functionVersion: string
  readonly description: string
  /** Changes whenever the alias does. */
  readonly revisionId: string
}

/** What a caller says of an alias; what is left out stays as it is, or is empty. */
export interface AliasInput {
  readonly functionVersion?: string
  readonly description?: string
  /** It must be the alias's own at this moment. */
  readonly revisionId?: string
}

/** AWS Lambda API reference, `CreateAlias`. */
export const ALIAS_NAME = /^(?![0-9]+$)[a-zA-Z0-9-_]{1,128}$/

const ALIAS_RULE = { pattern: ALIAS_NAME, told: '(?!^[0-9]+$)([a-zA-Z0-9-_]+)', most: 128 }
const VERSION_RULE = { pattern: /^(\$LATEST|[0-9]+)$/, told: '(\\$LATEST|[0-9]+)', most: 1_024 }
const MAX_DESCRIPTION = 256

/** @throws SandlotError `Validation`: 1 to 128 letters, digits, `-` and `_`, and not digits alone. */
export const checkedAliasName = (name: unknown): string => checkedText('name', name, ALIAS_RULE)

/** @throws SandlotError `Validation`: a number, or `$LATEST`. */
export const checkedFunctionVersion = (version: unknown): string =>
  checkedText('functionVersion', version, VERSION_RULE)

/** @throws SandlotError `Validation`: at most 256 characters. */
export const checkedDescription = (description: string): string =>
  checkedText('description', description, { most: MAX_DESCRIPTION })
