import { SandlotError } from '../kernel/errors.ts'
import { functionArn, parseFunctionReference } from './arn.ts'
import { DeployedFunction, type RecordPorts } from './deployed-function.ts'
import { didYouMean } from './did-you-mean.ts'
import type { FunctionVersion } from './function-version.ts'

/** What is deployed, by name and by logical id. */
export class FunctionRegistry {
  readonly #ports: RecordPorts
  readonly #byName = new Map<string, DeployedFunction>()

  constructor(ports: RecordPorts) {
    this.#ports = ports
  }

  /**
   * Adds a function, or replaces the `$LATEST` of the one of the same name.
   *
   * @throws SandlotError `ResourceConflict` when its name or logical id already means another
   *   function; two logical ids with one name are two functions.
   */
  put(version: FunctionVersion): DeployedFunction {
    const { name, logicalId } = version.config
    const known = this.#byName.get(name)
    const twin = known?.latest.config.logicalId
    if (twin !== undefined && logicalId !== undefined && twin !== logicalId) {
      throw conflict(`Functions '${twin}' and '${logicalId}' both have the name '${name}'`)
    }
    for (const id of [name, logicalId]) {
      const other = id === undefined ? undefined : this.#find(id)
      if (other !== undefined && other.name !== name) {
        throw conflict(`Function '${name}': '${id}' already means the function '${other.name}'`)
      }
    }
    if (known !== undefined) {
      known.deploy(version)
      return known
    }
    const added = new DeployedFunction(version, this.#ports)
    this.#byName.set(name, added)
    return added
  }

  /**
   * The version that a name, logical id or ARN means: `$LATEST` where it has no qualifier.
   *
   * @param qualifier what was asked for beside the name; the name may have it too.
   * @throws SandlotError `Validation`, `ResourceNotFound`, `Forbidden`, or `InvalidParameterValue` for
   *   two qualifiers, with Lambda's texts.
   */
  resolve(reference: string, qualifier?: string): FunctionVersion {
    // Most callers say the name, and this comes before every invocation.
    const named = qualifier === undefined ? this.#byName.get(reference) : undefined
    if (named !== undefined) return named.latest
    const parsed = qualified(reference, qualifier)
    const { name, qualifier: wanted = '$LATEST' } = parsed
    const found = this.#find(name)
    const version = found?.find(wanted)
    if (version !== undefined) return version
    const hint = found === undefined ? this.#hint(name) : versionsHint(found)
    const arn = found?.arn ?? functionArn(name)
    throw new SandlotError('ResourceNotFound', `Function not found: ${arn}:${wanted}`, { hint })
  }

  /**
   * A function, and the qualifier by which it was named.
   *
   * @throws SandlotError as `resolve` does, but for a qualifier that means nothing.
   */
  locate(
    reference: string,
    qualifier?: string,
  ): { readonly of: DeployedFunction; readonly qualifier: string | undefined } {
    const parsed = qualified(reference, qualifier)
    const of = this.#find(parsed.name)
    if (of !== undefined) return { of, qualifier: parsed.qualifier }
    const message = `Function not found: ${functionArn(parsed.name)}`
    throw new SandlotError('ResourceNotFound', message, { hint: this.#hint(parsed.name) })
  }

  /**
   * A function as a whole, for what its versions and aliases do not have.
   *
   * @throws SandlotError as `locate` does, and `InvalidParameterValue` for a version or alias.
   */
  whole(reference: string): DeployedFunction {
    const { of, qualifier } = this.locate(reference)
    if (qualifier === undefined) return of
    throw new SandlotError(
      'InvalidParameterValue',
      'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
    )
  }

  /** In order of deployment. */
  functions(): DeployedFunction[] {
    return [...this.#byName.values()]
  }

  #find(id: string): DeployedFunction | undefined {
    return (
      this.#byName.get(id) ??
      this.functions().find(({ latest: { config } }) => config.logicalId === id)
    )
  }

  #hint(wanted: string): string {
    const configs = this.functions().map(({ latest }) => latest.config)
    if (configs.length === 0) return 'No function is deployed.'
    const ids = configs.flatMap(({ name, logicalId }) => (logicalId ? [logicalId, name] : [name]))
    const names = configs.map(({ name, logicalId }) => logicalId ?? name)
    return `Deployed are: ${names.join(', ')}${didYouMean(wanted, ids)}.`
  }
}

/** @throws SandlotError `InvalidParameterValue` for two qualifiers that differ. */
function qualified(reference: string, qualifier: string | undefined) {
  const parsed = parseFunctionReference(reference)
  if ((parsed.qualifier ?? qualifier) !== (qualifier ?? parsed.qualifier)) {
    throw new SandlotError(
      'InvalidParameterValue',
      'The derived qualifier from the function name does not match the specified qualifier.',
    )
  }
  return { name: parsed.name, qualifier: parsed.qualifier ?? qualifier }
}

function versionsHint(found: DeployedFunction): string {
  const numbers = found.versions().map(({ version }) => version.version)
  const names = [...numbers, ...found.aliases().map(({ name }) => name)]
  return names.length === 1
    ? 'Only the version $LATEST exists.'
    : `Its versions and aliases are: ${names.join(', ')}.`
}

const conflict = (message: string): SandlotError =>
  new SandlotError('ResourceConflict', message, {
    hint: 'Give each function a name and a logical id of its own.',
  })
