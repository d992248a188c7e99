import { SandlotError } from '../kernel/errors.ts'
import { functionArn, parseFunctionReference } from './arn.ts'
import { didYouMean } from './did-you-mean.ts'
import type { FunctionVersion } from './function-version.ts'

/** What is deployed, by name and by logical id. */
export class FunctionRegistry {
  readonly #byName = new Map<string, FunctionVersion>()

  /**
   * Adds a function, or replaces the one of the same name.
   *
   * @throws SandlotError `ResourceConflict` when its name or logical id already means another
   *   function; two logical ids with one name are two functions.
   */
  put(version: FunctionVersion): void {
    const { name, logicalId } = version.config
    const twin = this.#byName.get(name)?.config.logicalId
    if (twin !== undefined && logicalId !== undefined && twin !== logicalId) {
      throw conflict(`Functions '${twin}' and '${logicalId}' both have the name '${name}'`)
    }
    for (const id of [name, logicalId]) {
      const other = id === undefined ? undefined : this.#find(id)
      if (other !== undefined && other.config.name !== name) {
        throw conflict(
          `Function '${name}': '${id}' already means the function '${other.config.name}'`,
        )
      }
    }
    this.#byName.set(name, version)
  }

  /**
   * The function that a name, logical id or ARN means. Only the version `$LATEST` exists.
   *
   * @param qualifier what was asked for beside the name; the name may have it too.
   * @throws SandlotError `Validation`, `ResourceNotFound`, `Forbidden`, or `InvalidParameterValue` for
   *   two qualifiers, with Lambda's texts.
   */
  resolve(reference: string, qualifier?: string): FunctionVersion {
    // Most callers say the name, and this comes before every invocation.
    const named = qualifier === undefined ? this.#byName.get(reference) : undefined
    if (named !== undefined) return named
    const parsed = parseFunctionReference(reference)
    if ((parsed.qualifier ?? qualifier) !== (qualifier ?? parsed.qualifier)) {
      throw new SandlotError(
        'InvalidParameterValue',
        'The derived qualifier from the function name does not match the specified qualifier.',
      )
    }
    const wanted = parsed.qualifier ?? qualifier ?? '$LATEST'
    const version = this.#find(parsed.name)
    if (version === undefined || wanted !== version.version) {
      const arn = functionArn(version?.config.name ?? parsed.name)
      const hint =
        version === undefined ? this.#hint(parsed.name) : 'Only the version $LATEST exists.'
      throw new SandlotError('ResourceNotFound', `Function not found: ${arn}:${wanted}`, { hint })
    }
    return version
  }

  /** In order of deployment. */
  list(): FunctionVersion[] {
    return [...this.#byName.values()]
  }

  #find(id: string): FunctionVersion | undefined {
    return this.#byName.get(id) ?? this.list().find(({ config: { logicalId } }) => logicalId === id)
  }

  #hint(wanted: string): string {
    const configs = this.list().map(({ config }) => config)
    if (configs.length === 0) return 'No function is deployed.'
    const ids = configs.flatMap(({ name, logicalId }) => (logicalId ? [logicalId, name] : [name]))
    const names = configs.map(({ name, logicalId }) => logicalId ?? name)
    return `Deployed are: ${names.join(', ')}${didYouMean(wanted, ids)}.`
  }
}

const conflict = (message: string): SandlotError =>
  new SandlotError('ResourceConflict', message, {
    hint: 'Give each function a name and a logical id of its own.',
  })
