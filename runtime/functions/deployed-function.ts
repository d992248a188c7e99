import { SandlotError } from '../kernel/errors.ts'
import { functionArn } from './arn.ts'
import {
  type AliasInput,
  checkedAliasName,
  checkedDescription,
  checkedFunctionVersion,
  type FunctionAlias,
} from './function-alias.ts'
import type { FunctionConfig } from './function-config.ts'
import type { FunctionVersion } from './function-version.ts'

/** A version, and what Lambda's API tells of it beside what runs. */
export interface VersionRecord {
  readonly version: FunctionVersion
  readonly description: string
  readonly revisionId: string
  /** When it was deployed or published, milliseconds since the epoch. */
  readonly modifiedMs: number
}

/** What a caller says of a version that is published. */
export interface PublishInput {
  readonly description?: string
  /** They must be those of `$LATEST` at this moment. */
  readonly codeSha256?: string
  readonly revisionId?: string
}

/** Time and chance, for dates and revision ids. */
export interface RecordPorts {
  readonly wallMs: () => number
  readonly newRevisionId: () => string
}

/**
 * A function with its versions and aliases. `$LATEST` is what was deployed last; a published version
 * keeps the configuration and the code that it was published with.
 */
export class DeployedFunction {
  readonly name: string
  readonly arn: string
  readonly #ports: RecordPorts
  #latest: VersionRecord
  readonly #published: VersionRecord[] = []
  readonly #aliases = new Map<string, FunctionAlias>()

  constructor(latest: FunctionVersion, ports: RecordPorts) {
    this.name = latest.config.name
    this.arn = functionArn(this.name)
    this.#ports = ports
    this.#latest = this.#record(latest, '')
  }

  get latest(): FunctionVersion {
    return this.#latest.version
  }

  /** Replaces `$LATEST`, and nothing else. */
  deploy(latest: FunctionVersion): void {
    this.#latest = this.#record(latest, '')
  }

  /** `$LATEST`, then those that were published, in order. */
  versions(): VersionRecord[] {
    return [this.#latest, ...this.#published]
  }

  /** In order of their creation. */
  aliases(): FunctionAlias[] {
    return [...this.#aliases.values()]
  }

  /** The version that `$LATEST`, a number or an alias means. */
  find(qualifier: string): FunctionVersion | undefined {
    const wanted = this.#aliases.get(qualifier)?.functionVersion ?? qualifier
    if (wanted === '$LATEST') return this.latest
    // Not '01', and not an alias, which is no number.
    const found = this.#published[Number(wanted) - 1]?.version
    return found?.version === wanted ? found : undefined
  }

  isAlias(qualifier: string): boolean {
    return this.#aliases.has(qualifier)
  }

  /**
   * Keeps what `$LATEST` is now under the next number. Nothing has changed since the last one: that one
   * is returned (AWS Lambda API reference, `PublishVersion`).
   *
   * @throws SandlotError `InvalidParameterValue` for another code than that of `$LATEST`,
   *   `PreconditionFailed` for another revision.
   */
  publish({ description, codeSha256, revisionId }: PublishInput): VersionRecord {
    const { version: latest } = this.#latest
    const { sha256 } = latest.code
    if (codeSha256 !== undefined && codeSha256 !== sha256) {
      throw new SandlotError(
        'InvalidParameterValue',
        `CodeSHA256 (${codeSha256}) is different from current CodeSHA256 in $LATEST (${sha256}). Please try again with the CodeSHA256 in $LATEST.`,
      )
    }
    checkRevision(revisionId, this.#latest.revisionId)
    const last = this.#published.at(-1)
    if (last !== undefined && isSame(last.version, latest)) return last
    const number = String(this.#published.length + 1)
    const version = { ...latest, version: number, arn: `${this.arn}:${number}` }
    const record = this.#record(version, checkedDescription(description ?? ''))
    this.#published.push(record)
    this.#latest = { ...this.#latest, revisionId: this.#ports.newRevisionId() }
    return record
  }

  /** @throws SandlotError `ResourceConflict` when it is there, `ResourceNotFound`, `Validation`. */
  createAlias(named: string, { functionVersion, description = '' }: AliasInput): FunctionAlias {
    const name = checkedAliasName(named)
    const version = checkedFunctionVersion(functionVersion)
    if (this.#aliases.has(name)) {
      throw new SandlotError('ResourceConflict', `Alias already exists: ${this.#aliasArn(name)}`)
    }
    return this.#setAlias(name, version, description)
  }

  /** @throws SandlotError `ResourceNotFound`, `PreconditionFailed`, `Validation`. */
  updateAlias(name: string, { functionVersion, description, revisionId }: AliasInput) {
    const alias = this.#aliases.get(name)
    if (alias === undefined) {
      throw new SandlotError('ResourceNotFound', `Alias not found: ${this.#aliasArn(name)}`)
    }
    checkRevision(revisionId, alias.revisionId)
    const version = checkedFunctionVersion(functionVersion ?? alias.functionVersion)
    return this.#setAlias(name, version, description ?? alias.description)
  }

  /** @throws SandlotError `ResourceNotFound`. */
  alias(name: string): FunctionAlias {
    const alias = this.#aliases.get(name)
    if (alias !== undefined) return alias
    throw new SandlotError('ResourceNotFound', `Cannot find alias arn: ${this.#aliasArn(name)}`)
  }

  /** One that is not there is no error, as on Lambda. */
  deleteAlias(name: string): void {
    this.#aliases.delete(name)
  }

  #setAlias(name: string, functionVersion: string, description: string): FunctionAlias {
    if (this.find(functionVersion) === undefined) {
      throw new SandlotError(
        'ResourceNotFound',
        `Function not found: ${this.arn}:${functionVersion}`,
      )
    }
    const alias = {
      name,
      arn: this.#aliasArn(name),
      functionVersion,
      description: checkedDescription(description),
      revisionId: this.#ports.newRevisionId(),
    }
    this.#aliases.set(name, alias)
    return alias
  }

  #aliasArn(name: string): string {
    return `${this.arn}:${name}`
  }

  #record(version: FunctionVersion, description: string): VersionRecord {
    const { wallMs, newRevisionId } = this.#ports
    return { version, description, revisionId: newRevisionId(), modifiedMs: wallMs() }
  }
}

function checkRevision(given: string | undefined, current: string): void {
  if (given === undefined || given === current) return
  throw new SandlotError(
    'PreconditionFailed',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
  )
}

const isSame = (a: FunctionVersion, b: FunctionVersion): boolean =>
  a.code.sha256 === b.code.sha256 && versioned(a.config) === versioned(b.config)

/** What a version keeps of its function's configuration: its share of concurrency is not part of it. */
function versioned({
  logicalId: _logicalId,
  reservedConcurrency: _reserved,
  autoPublishAlias: _alias,
  provisionedConcurrency: _provisioned,
  environment,
  ...kept
}: FunctionConfig): string {
  return JSON.stringify([Object.entries(kept).sort(), Object.entries(environment).sort()])
}
