/**
 * What may be reserved and provisioned. Texts as recorded from the real service (localstack,
 * `tests/aws/services/lambda_`, snapshots of 2025); rules: AWS Lambda Developer Guide, "Configuring
 * reserved concurrency" and "Configuring provisioned concurrency".
 */

/** The account as one function sees it. */
export interface AccountShare {
  /** Account concurrency as it was asked for: what an account on AWS would have. */
  readonly asked: number
  /** What this machine has of it. */
  readonly available: number
  /** What other functions have reserved, or provisioned without a reservation. */
  readonly claimedByOthers: number
}

/** What of the account stays for functions without a reservation. */
const UNRESERVED_MINIMUM = 100

/**
 * Lambda keeps 100. Accounts of 100 and less could reserve nothing then, and on AWS cannot: here they
 * are for tests and small machines, and keep nothing.
 */
const minimumOf = (asked: number): number => (asked > UNRESERVED_MINIMUM ? UNRESERVED_MINIMUM : 0)

/** What a function takes out of the unreserved pool. */
export const claimOf = (reserved: number | undefined, provisioned: number): number =>
  reserved ?? provisioned

/** Why a function may not reserve so many; `undefined`: it may. */
export function reservationRefusal(
  reserved: number,
  provisioned: number,
  account: AccountShare,
): string | undefined {
  if (reserved < provisioned) {
    // Both blanks are Lambda's.
    return ` ReservedConcurrentExecutions  ${reserved} should not be lower than function's total provisioned concurrency [${provisioned}].`
  }
  const { asked, claimedByOthers } = account
  const minimum = minimumOf(asked)
  if (asked - claimedByOthers - reserved < minimum) {
    return `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${minimum}].`
  }
  return machineRefusal(`ReservedConcurrentExecutions ${reserved}`, reserved, account)
}

/**
 * Why a version may not be provisioned so many; `undefined`: it may.
 *
 * @param elsewhere what other versions and aliases of the function have.
 */
export function provisioningRefusal(
  count: number,
  elsewhere: number,
  reserved: number | undefined,
  account: AccountShare,
): string | undefined {
  const total = elsewhere + count
  if (reserved !== undefined) {
    return total > reserved
      ? 'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function'
      : undefined
  }
  const { asked, claimedByOthers } = account
  const unreserved = asked - claimedByOthers - elsewhere
  if (count > unreserved) {
    return `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${unreserved}].`
  }
  const minimum = minimumOf(asked)
  if (unreserved - count < minimum) {
    return `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${minimum}].`
  }
  return machineRefusal(`ProvisionedConcurrentExecutions ${count}`, total, account)
}

/** Lambda would promise it; this machine has less than an account there. */
function machineRefusal(
  what: string,
  claim: number,
  { available, claimedByOthers }: AccountShare,
): string | undefined {
  if (claimedByOthers + claim <= available) return undefined
  return `${what}: this machine's account concurrency is ${available}, of which other functions have ${claimedByOthers}`
}

/** The memory that sandboxes may take together, as a version sees it. */
export interface MemoryShare {
  readonly budgetMb: number
  /** By sandboxes of other versions that are busy, or held ready. */
  readonly takenMb: number
  /** What one of its own takes: as was measured, or the least that one can. */
  readonly eachMb: number
}

/** Why so many sandboxes cannot be held ready on this machine; `undefined`: they can. */
export function memoryRefusal(
  what: string,
  count: number,
  { budgetMb, takenMb, eachMb }: MemoryShare,
): string | undefined {
  if (count * eachMb + takenMb <= budgetMb) return undefined
  return `${what}: ${count} sandboxes of ${Math.round(eachMb)} MB each are more than this machine holds: its sandboxes may take ${Math.round(budgetMb)} MB, of which others take ${Math.round(takenMb)} MB`
}
