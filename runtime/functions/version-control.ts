import type { ConcurrencySettings } from './concurrency-settings.ts'
import type { DeployedFunction, PublishInput, VersionRecord } from './deployed-function.ts'
import {
  type AliasInput,
  checkedAliasName,
  checkedFunctionVersion,
  type FunctionAlias,
} from './function-alias.ts'
import type { FunctionRegistry } from './function-registry.ts'
import type { FunctionVersion } from './function-version.ts'

/**
 * Versions and aliases. A function is named by its name, logical id or ARN, without a qualifier.
 * Methods throw SandlotError `ResourceNotFound`, `Validation`, `InvalidParameterValue`, with Lambda's
 * texts.
 */
export interface VersionControl {
  /**
   * Keeps what `$LATEST` is now, configuration and code, under the next number. If nothing has changed
   * since the last one, that one is returned. JavaScript runs from its source, of which no copy is made.
   *
   * @throws SandlotError `PreconditionFailed` for another revision than that of `$LATEST`.
   */
  publishVersion(functionName: string, input?: PublishInput): FunctionVersion
  /** `$LATEST`, then those that were published, in order. */
  versions(functionName: string): VersionRecord[]
  /** @throws SandlotError `ResourceConflict` when there is one of that name. */
  createAlias(functionName: string, alias: string, input: AliasInput): FunctionAlias
  alias(functionName: string, alias: string): FunctionAlias
  /**
   * What it has provisioned moves with it.
   *
   * @throws SandlotError `PreconditionFailed` for another revision than the alias's.
   */
  updateAlias(functionName: string, alias: string, input: AliasInput): FunctionAlias
  /** With what it has provisioned. One that is not there is no error, as on Lambda. */
  deleteAlias(functionName: string, alias: string): void
  aliases(functionName: string): FunctionAlias[]
}

interface Parts {
  readonly registry: FunctionRegistry
  readonly settings: ConcurrencySettings
  /** Makes a version that was published ready to be invoked. */
  readonly deploy: (version: FunctionVersion) => void
}

export function versionControl({ registry, settings, deploy }: Parts): VersionControl {
  return {
    publishVersion: (name, input = {}) => publish(registry.whole(name), input, deploy),
    versions: (name) => registry.whole(name).versions(),
    createAlias: (name, alias, input) => registry.whole(name).createAlias(alias, input),
    alias: (name, alias) => registry.whole(name).alias(alias),
    updateAlias: (name, alias, input) => moveAlias(registry.whole(name), settings, alias, input),
    deleteAlias: (name, alias) => {
      const of = registry.whole(name)
      settings.unprovision(of, alias)
      of.deleteAlias(alias)
    },
    aliases: (name) => registry.whole(name).aliases(),
  }
}

function publish(
  of: DeployedFunction,
  input: PublishInput,
  deploy: (version: FunctionVersion) => void,
): FunctionVersion {
  const known = of.versions().length
  const { version } = of.publish(input)
  if (of.versions().length > known) deploy(version)
  return version
}

function moveAlias(
  of: DeployedFunction,
  settings: ConcurrencySettings,
  alias: string,
  input: AliasInput,
): FunctionAlias {
  const move = (): FunctionAlias => of.updateAlias(alias, input)
  if (input.functionVersion === undefined) return move()
  const to = checkedFunctionVersion(input.functionVersion)
  return settings.movingAlias(of, alias, to, move)
}

/**
 * What a deployment with `autoPublishAlias` does beside replacing `$LATEST`: publishes it, and moves the
 * alias there. Source: AWS SAM Developer Guide, "AWS::Serverless::Function", `AutoPublishAlias`.
 */
export function publishDeployed(
  of: DeployedFunction,
  { settings, deploy }: Pick<Parts, 'settings' | 'deploy'>,
): void {
  const { autoPublishAlias, provisionedConcurrency } = of.latest.config
  if (autoPublishAlias === undefined) return
  const { version: functionVersion } = publish(of, {}, deploy)
  const alias = checkedAliasName(autoPublishAlias)
  if (of.isAlias(alias)) moveAlias(of, settings, alias, { functionVersion })
  else of.createAlias(alias, { functionVersion })
  if (provisionedConcurrency === undefined) settings.unprovision(of, alias)
  else settings.provision(of, alias, provisionedConcurrency)
}
