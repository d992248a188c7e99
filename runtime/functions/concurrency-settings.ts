import { SandlotError } from '../kernel/errors.ts'
import {
  type AccountShare,
  claimOf,
  type MemoryShare,
  memoryRefusal,
  provisioningRefusal,
  reservationRefusal,
} from './concurrency-policy.ts'
import type { DeployedFunction } from './deployed-function.ts'
import type { FunctionConfig } from './function-config.ts'
import type { FunctionVersion } from './function-version.ts'
import { checkedWhole } from './validation.ts'

/** Where sandboxes that are held ready stand. */
export interface Allocation {
  readonly requested: number
  /** Initialised. */
  readonly allocated: number
  /** Of these, those that may be used: at first none before all are initialised. */
  readonly available: number
  readonly status: 'IN_PROGRESS' | 'READY' | 'FAILED'
  /** Why it failed: the function's init, or `SANDLOT_OUT_OF_MEMORY`. */
  readonly statusReason: string | undefined
}

/** Provisioned concurrency of a version or alias. */
export interface ProvisionedConcurrency extends Allocation {
  readonly functionName: string
  /** A version's number, or an alias. */
  readonly qualifier: string
  /** The version that is provisioned: an alias's moves with it. */
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number
}

/** What carries it out. */
export interface ConcurrencyPorts {
  readonly account: { readonly asked: number; readonly available: number }
  readonly wallMs: () => number
  readonly reserve: (functionName: string, reserved: number | undefined) => void
  readonly provision: (version: FunctionVersion, count: number) => void
  readonly provisioned: (version: FunctionVersion) => Allocation | undefined
  /** Without what is provisioned of other versions. */
  readonly memory: (version: FunctionVersion) => MemoryShare
}

interface Provisioning {
  readonly of: DeployedFunction
  readonly qualifier: string
  readonly count: number
  readonly modifiedMs: number
}

/** What functions have reserved, and what of their versions and aliases is provisioned. */
export class ConcurrencySettings {
  readonly #ports: ConcurrencyPorts
  readonly #reserved = new Map<string, number>()
  /** By function, then by qualifier. */
  readonly #provisioned = new Map<string, Map<string, Provisioning>>()

  constructor(ports: ConcurrencyPorts) {
    this.#ports = ports
  }

  reserved({ name }: DeployedFunction): number | undefined {
    return this.#reserved.get(name)
  }

  /** @throws SandlotError `InvalidParameterValue`, `Validation`. */
  reserve(of: DeployedFunction, reserved: number): void {
    checkedWhole('reservedConcurrentExecutions', reserved, 0)
    refuse(reservationRefusal(reserved, this.#total(of.name), this.#account(of.name)))
    this.#setReserved(of.name, reserved)
  }

  unreserve(of: DeployedFunction): void {
    this.#setReserved(of.name, undefined)
  }

  /**
   * How many invocations may run at once of functions without a reservation, beside what is provisioned.
   */
  unreserved(): number {
    const { available } = this.#ports.account
    return Math.max(0, available - this.#claimed(undefined))
  }

  /**
   * Whether what a function is deployed with could be had. Nothing is changed.
   *
   * @param where what the message begins with. Default: the function's name.
   * @throws SandlotError `InvalidParameterValue`.
   */
  checkDeployment(version: FunctionVersion, where?: string): void {
    const why = this.#deploymentRefusal(version)
    if (why === undefined) return
    throw invalid(`${where ?? `Function '${version.config.name}'`}: ${why.trimStart()}`)
  }

  #deploymentRefusal(version: FunctionVersion): string | undefined {
    const { config } = version
    const { name, reservedConcurrency: reserved, provisionedConcurrency: count } = config
    const others = this.#entries(name).filter(
      ({ qualifier }) => qualifier !== config.autoPublishAlias,
    )
    const elsewhere = others.reduce((sum, each) => sum + each.count, 0)
    const account = this.#account(name)
    const why =
      reserved === undefined ? undefined : reservationRefusal(reserved, elsewhere, account)
    if (why !== undefined || count === undefined) return why
    return (
      provisioningRefusal(count, elsewhere, reserved, account) ??
      this.#memoryRefusal(PROVISIONED, version, count, config.autoPublishAlias)
    )
  }

  /** @throws SandlotError `InvalidParameterValue` for more than this machine's memory holds, `Validation`. */
  checkKeepWarm(version: FunctionVersion, count: number): void {
    checkedWhole('count', count, 0)
    refuse(this.#memoryRefusal('Kept warm', version, count))
  }

  /** Brings the reservation of a function to what it was deployed with. */
  deployed({ name, reservedConcurrency }: FunctionConfig): void {
    this.#setReserved(name, reservedConcurrency)
  }

  /**
   * @throws SandlotError `InvalidParameterValue` for `$LATEST`, or for more than there is;
   *   `ResourceConflict` where an alias and its version would both have it; `Validation`.
   */
  provision(of: DeployedFunction, qualifier: string, count: number): ProvisionedConcurrency {
    checkedWhole('provisionedConcurrentExecutions', count, 1)
    const version = publishedVersion(of, qualifier)
    this.#checkConflict(of, qualifier, version)
    const elsewhere = this.#total(of.name) - (this.#entry(of, qualifier)?.count ?? 0)
    const reserved = this.#reserved.get(of.name)
    refuse(provisioningRefusal(count, elsewhere, reserved, this.#account(of.name)))
    refuse(this.#memoryRefusal(PROVISIONED, version, count, qualifier))
    const entry = { of, qualifier, count, modifiedMs: this.#ports.wallMs() }
    const known = this.#provisioned.get(of.name)
    if (known === undefined) this.#provisioned.set(of.name, new Map([[qualifier, entry]]))
    else known.set(qualifier, entry)
    this.#ports.provision(version, count)
    return this.#view(entry)
  }

  /** One that has none is no error. */
  unprovision(of: DeployedFunction, qualifier: string): void {
    if (this.#entry(of, qualifier) === undefined) return
    this.#provisioned.get(of.name)?.delete(qualifier)
    const version = of.find(qualifier)
    if (version !== undefined) this.#ports.provision(version, 0)
  }

  /** @throws SandlotError `ProvisionedConcurrencyConfigNotFound`, `InvalidParameterValue` for `$LATEST`. */
  provisioned(of: DeployedFunction, qualifier: string): ProvisionedConcurrency {
    if (qualifier === '$LATEST') {
      throw invalid('The function resource provided must be an alias or a published version.')
    }
    publishedVersion(of, qualifier)
    const entry = this.#entry(of, qualifier)
    if (entry !== undefined) return this.#view(entry)
    throw new SandlotError(
      'ProvisionedConcurrencyConfigNotFound',
      'No Provisioned Concurrency Config found for this function',
    )
  }

  /** Of a function, in the order in which they came. */
  list({ name }: DeployedFunction): ProvisionedConcurrency[] {
    return this.#entries(name).map((entry) => this.#view(entry))
  }

  /**
   * Moves an alias, and what it has provisioned with it.
   *
   * @param move moves it, or throws.
   * @throws SandlotError `InvalidParameterValue`, `ResourceConflict` where the other version cannot have it.
   */
  movingAlias<Moved>(of: DeployedFunction, alias: string, to: string, move: () => Moved): Moved {
    const entry = this.#entry(of, alias)
    const before = of.find(alias)
    const after = of.find(to)
    if (entry === undefined || before === undefined || after === undefined || before === after) {
      return move()
    }
    if (after.version === '$LATEST') throw invalid(UNPUBLISHED)
    this.#checkConflict(of, alias, after)
    const moved = move()
    this.#ports.provision(before, 0)
    this.#ports.provision(after, entry.count)
    return moved
  }

  #setReserved(name: string, reserved: number | undefined): void {
    if (reserved === undefined) this.#reserved.delete(name)
    else this.#reserved.set(name, reserved)
    this.#ports.reserve(name, reserved)
  }

  #checkConflict(of: DeployedFunction, qualifier: string, { version }: FunctionVersion): void {
    const twin = this.#entries(of.name).find(
      (entry) => entry.qualifier !== qualifier && of.find(entry.qualifier)?.version === version,
    )
    if (twin === undefined) return
    throw new SandlotError(
      'ResourceConflict',
      of.isAlias(qualifier)
        ? "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
        : 'Version is pointed by a Provisioned Concurrency alias',
    )
  }

  /** @param qualifier of what is asked for anew: what it has already counts no more. */
  #memoryRefusal(
    what: string,
    version: FunctionVersion,
    count: number,
    qualifier?: string,
  ): string | undefined {
    const { memory } = this.#ports
    const { takenMb, ...share } = memory(version)
    const provisionedMb = [...this.#provisioned.keys()]
      .flatMap((name) => this.#entries(name))
      .filter((entry) => entry.of.name !== version.config.name || entry.qualifier !== qualifier)
      .reduce((sum, entry) => sum + entry.count * memory(versionOf(entry)).eachMb, 0)
    return memoryRefusal(`${what} ${count}`, count, { ...share, takenMb: takenMb + provisionedMb })
  }

  #view(entry: Provisioning): ProvisionedConcurrency {
    const { of, qualifier, count, modifiedMs } = entry
    const version = versionOf(entry)
    const none = { requested: count, allocated: 0, available: 0 } as const
    const allocation = this.#ports.provisioned(version) ?? {
      ...none,
      status: 'IN_PROGRESS',
      statusReason: undefined,
    }
    return { functionName: of.name, qualifier, version: version.version, modifiedMs, ...allocation }
  }

  #account(name: string): AccountShare {
    return { ...this.#ports.account, claimedByOthers: this.#claimed(name) }
  }

  /** By all functions but one. */
  #claimed(except: string | undefined): number {
    const names = new Set([...this.#reserved.keys(), ...this.#provisioned.keys()])
    return [...names]
      .filter((name) => name !== except)
      .reduce((sum, name) => sum + claimOf(this.#reserved.get(name), this.#total(name)), 0)
  }

  #total(name: string): number {
    return this.#entries(name).reduce((sum, { count }) => sum + count, 0)
  }

  #entries(name: string): Provisioning[] {
    return [...(this.#provisioned.get(name)?.values() ?? [])]
  }

  #entry({ name }: DeployedFunction, qualifier: string): Provisioning | undefined {
    return this.#provisioned.get(name)?.get(qualifier)
  }
}

const PROVISIONED = 'ProvisionedConcurrentExecutions'
const UNPUBLISHED =
  'Provisioned Concurrency Configs cannot be applied to unpublished function versions.'

/** An entry's qualifier means a version for as long as it is there. */
function versionOf({ of, qualifier }: Provisioning): FunctionVersion {
  return of.find(qualifier) ?? of.latest
}

function publishedVersion(of: DeployedFunction, qualifier: string): FunctionVersion {
  const version = of.find(qualifier)
  if (version !== undefined && version.version !== '$LATEST') return version
  if (version !== undefined) throw invalid(UNPUBLISHED)
  const isNumber = /^[0-9]+$/.test(qualifier)
  const message = `${isNumber ? 'Function not found:' : 'Cannot find alias arn:'} ${of.arn}:${qualifier}`
  throw new SandlotError('ResourceNotFound', message)
}

function refuse(why: string | undefined): void {
  if (why !== undefined) throw invalid(why)
}

const invalid = (message: string): SandlotError =>
  new SandlotError('InvalidParameterValue', message)
