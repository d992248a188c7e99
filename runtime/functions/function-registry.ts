import { SandlotError } from '../kernel/errors.ts'
import { functionArn, parseFunctionReference } from './arn.ts'
import type { FunctionVersion } from './function-version.ts'

/** What is deployed, by name and by logical id. */
export class FunctionRegistry {
  readonly #byName = new Map<string, FunctionVersion>()

  /**
   * Adds a function, or replaces the one of the same name.
   *
   * @throws SandlotError `ResourceConflict` when its name or logical id already means another function.
   */
  put(version: FunctionVersion): void {
    const { name, logicalId } = version.config
    for (const id of [name, logicalId]) {
      const other = id === undefined ? undefined : this.#find(id)
      if (other !== undefined && other.config.name !== name) {
        throw new SandlotError(
          'ResourceConflict',
          `Function '${name}': '${id}' already means the function '${other.config.name}'`,
          { hint: 'Give each function a name and a logical id of its own.' },
        )
      }
    }
    this.#byName.set(name, version)
  }

  /**
   * The function that a name, logical id or ARN means.
   *
   * @throws SandlotError `Validation` or `ResourceNotFound`, with Lambda's texts.
   */
  resolve(reference: string): FunctionVersion {
    const { name, qualifier } = parseFunctionReference(reference)
    const version = this.#find(name)
    if (version === undefined || (qualifier ?? '$LATEST') !== '$LATEST') {
      const suffix = qualifier === undefined ? '' : `:${qualifier}`
      throw new SandlotError(
        'ResourceNotFound',
        `Function not found: ${functionArn(version?.config.name ?? name)}${suffix}`,
        { hint: this.#hint() },
      )
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

  #hint(): string {
    const names = this.list().map(({ config }) => config.logicalId ?? config.name)
    return names.length === 0
      ? 'No function is deployed.'
      : `Deployed are: ${names.join(', ')}. Only the version $LATEST exists.`
  }
}
