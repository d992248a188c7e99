import type { ConcurrencySettings, ProvisionedConcurrency } from './concurrency-settings.ts'
import type { DeployedFunction } from './deployed-function.ts'
import type { FunctionRegistry } from './function-registry.ts'
import type { FunctionVersion } from './function-version.ts'
import { failedConstraint } from './validation.ts'

/**
 * Reserved and provisioned concurrency. A function is named by its name, logical id or ARN; a version
 * or alias beside it, or as part of it. Methods throw SandlotError `ResourceNotFound`,
 * `InvalidParameterValue`, `Validation`, with Lambda's texts.
 */
export interface ConcurrencyControl {
  /**
   * Reserves so many invocations at once for a function, which also are all that it may have; 0: none.
   * Of an account of more than 100 at least 100 stay unreserved, as on Lambda; a smaller one, which on
   * Lambda could reserve nothing, keeps none.
   *
   * @throws SandlotError `InvalidParameterValue` for more than Lambda or this machine can promise, or
   *   less than the function's provisioned concurrency.
   */
  putFunctionConcurrency(functionName: string, reserved: number): void
  /** `undefined`: it shares the unreserved pool. */
  functionConcurrency(functionName: string): number | undefined
  deleteFunctionConcurrency(functionName: string): void
  /** What no function has reserved or provisioned. */
  unreservedConcurrency(): number
  /**
   * Has so many sandboxes of a published version, or of what an alias points to, initialised ahead of
   * demand. Beyond them invocations run on demand.
   *
   * @throws SandlotError `InvalidParameterValue` for `$LATEST`, or for more than Lambda or this
   *   machine's memory allow; `ResourceConflict` where an alias and its version would both have some.
   */
  putProvisionedConcurrency(
    functionName: string,
    qualifier: string | undefined,
    count: number,
  ): ProvisionedConcurrency
  /** @throws SandlotError `ProvisionedConcurrencyConfigNotFound`. */
  provisionedConcurrency(functionName: string, qualifier?: string): ProvisionedConcurrency
  deleteProvisionedConcurrency(functionName: string, qualifier?: string): void
  /** Of a function, in the order in which they came. */
  provisionedConcurrencies(functionName: string): ProvisionedConcurrency[]
  /**
   * Resolves once what is provisioned is READY, or has FAILED.
   *
   * @throws SandlotError `ProvisionedConcurrencyConfigNotFound`.
   */
  whenProvisioned(functionName: string, qualifier?: string): Promise<ProvisionedConcurrency>
}

interface Parts {
  readonly registry: FunctionRegistry
  readonly settings: ConcurrencySettings
  readonly whenProvisioned: (version: FunctionVersion) => Promise<unknown>
}

export function concurrencyControl({
  registry,
  settings,
  whenProvisioned,
}: Parts): ConcurrencyControl {
  const locate = (name: string, qualifier: string | undefined) =>
    qualified(registry.locate(name, qualifier))
  const provisioned = (name: string, given: string | undefined): ProvisionedConcurrency => {
    const { of, qualifier } = locate(name, given)
    return settings.provisioned(of, qualifier)
  }
  return {
    putFunctionConcurrency: (name, reserved) => settings.reserve(registry.whole(name), reserved),
    functionConcurrency: (name) => settings.reserved(registry.whole(name)),
    deleteFunctionConcurrency: (name) => settings.unreserve(registry.whole(name)),
    unreservedConcurrency: () => settings.unreserved(),
    putProvisionedConcurrency: (name, given, count) => {
      const { of, qualifier } = locate(name, given)
      return settings.provision(of, qualifier, count)
    },
    provisionedConcurrency: provisioned,
    deleteProvisionedConcurrency: (name, given) => {
      const { of, qualifier } = locate(name, given)
      settings.unprovision(of, qualifier)
    },
    provisionedConcurrencies: (name) => settings.list(registry.whole(name)),
    whenProvisioned: async (name, qualifier) => {
      for (;;) {
        const before = provisioned(name, qualifier)
        await whenProvisioned(registry.resolve(name, qualifier))
        const after = provisioned(name, qualifier)
        // An alias may have moved meanwhile.
        if (after.version === before.version) return after
      }
    },
  }
}

/** @throws SandlotError `Validation` where neither the name nor anything else has a qualifier. */
function qualified({ of, qualifier }: { of: DeployedFunction; qualifier: string | undefined }) {
  if (qualifier !== undefined) return { of, qualifier }
  throw failedConstraint('qualifier', null, 'Member must not be null')
}
