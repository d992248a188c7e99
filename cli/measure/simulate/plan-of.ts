import { randomInt } from 'node:crypto'
import { US_PER_SECOND } from '../../../runtime/kernel/units.ts'
import type { LatencyModel, SimulatedWorkload } from '../../../runtime/simulation/workload.ts'
import { UsageError } from '../../exit-codes.ts'
import { counted } from '../../report/counted.ts'
import { PRICED_REGIONS } from '../cost/prices.ts'
import { workloadOf } from '../load/workload-of.ts'
import type { LatencySource, SimulationRules } from '../results/simulate-result.ts'
import { latencyOf } from './latency-of.ts'
import { asLoadOptions, type SimulateOptions, sourceOf } from './simulate-options.ts'
import type { SimulatePlan } from './simulate-plan.ts'
import { readAzure2019 } from './workloads/azure-2019.ts'
import { readAzure2021 } from './workloads/azure-2021.ts'
import { syntheticWorkload } from './workloads/synthetic-workload.ts'
import type { Take } from './workloads/take-rows.ts'
import { readWorkloadFile } from './workloads/workload-file.ts'

const USUAL_MEMORY_MB = 128
const USUAL_TIMEOUT_S = 3
/** Traces do not tell any, and what is in them ended by itself. */
const LONGEST_TIMEOUT_S = 900
/** AWS Lambda Developer Guide, "Configuring reserved concurrency". */
const LEAST_UNRESERVED = 100

/**
 * Reads all that the command line names.
 *
 * @throws UsageError naming what cannot be read or simulated, and why.
 */
export function planOf(options: SimulateOptions): SimulatePlan {
  const { seed = randomInt(1_000_000), region, policy } = options
  if (!PRICED_REGIONS.includes(region)) {
    throw new UsageError(
      `--region ${region}: its prices are not known`,
      `Known are ${PRICED_REGIONS.join(', ')}.`,
    )
  }
  const { memory: memoryMb = USUAL_MEMORY_MB, profile, runTime, coldStart } = options
  const { model, source } = latencyOf({ profile, runTime, coldStart, memoryMb })
  const workload = readWorkload(options, seed, model)
  checkClaims(workload, options.accountConcurrency)
  return {
    workload,
    latency: source,
    policies: policy,
    rules: rulesOf(options),
    seed,
    region,
    warnings: warningsOf(options, source),
  }
}

/** What is as asked, but perhaps not as meant. */
function warningsOf(options: SimulateOptions, { kind }: LatencySource): string[] {
  const { policy, memoryBudget, runTime, durations } = options
  const source = sourceOf(options)
  const needsRunTimes = source === 'made up' || (source === 'azure2019' && durations === undefined)
  const warnings: string[] = []
  if (kind === 'published' && needsRunTimes && runTime === undefined) {
    warnings.push('Without --run-time handlers run as the published one, which does nothing')
  }
  if (memoryBudget === undefined && policy.some((each) => each.kind === 'greedy-dual')) {
    warnings.push('Without --memory-budget greedy-dual keeps every sandbox')
  }
  return warnings
}

function readWorkload(
  options: SimulateOptions,
  seed: number,
  profile: LatencyModel,
): SimulatedWorkload {
  const { workload = '', azure2019 = '', azure2021 = '', durations, appMemory } = options
  const { memory: memoryMb = USUAL_MEMORY_MB, timeout = LONGEST_TIMEOUT_S } = options
  const ofTrace = {
    take: takeOf(options),
    seed,
    memoryMb,
    timeoutUs: timeout * US_PER_SECOND,
    profile,
  }
  switch (sourceOf(options)) {
    case 'workload':
      return readWorkloadFile({ path: workload, seed, profile })
    case 'azure2019': {
      const { partOfDay = false } = options
      const files = { invocations: azure2019, durations, memory: appMemory }
      return readAzure2019({ ...files, ...ofTrace, partOfDay })
    }
    case 'azure2021':
      return readAzure2021({ path: azure2021, ...ofTrace })
    case 'made up':
      return madeUp(options, seed, profile)
  }
}

function takeOf({ first, sample }: SimulateOptions): Take {
  if (first !== undefined) return { kind: 'first', count: first }
  return sample === undefined ? { kind: 'all' } : { kind: 'sample', count: sample }
}

function madeUp(options: SimulateOptions, seed: number, latency: LatencyModel): SimulatedWorkload {
  const { functions = 1, share = 'even', memory = USUAL_MEMORY_MB, reserved } = options
  const { timeout = USUAL_TIMEOUT_S, provisioned = 0 } = options
  return syntheticWorkload({
    workload: workloadOf(asLoadOptions(options)),
    seed,
    functions: {
      count: functions,
      share,
      name: 'function',
      each: {
        memoryMb: memory,
        timeoutUs: timeout * US_PER_SECOND,
        reserved,
        provisioned,
        latency,
      },
    },
  })
}

function rulesOf(options: SimulateOptions): SimulationRules {
  const { accountConcurrency, memoryBudget, reuse, maxAge, maxInvocations, rates } = options
  return {
    accountConcurrency,
    memoryBudgetMb: memoryBudget ?? null,
    reuse,
    maxAgeMs: maxAge ?? null,
    maxInvocations: maxInvocations ?? null,
    rates,
  }
}

/** What functions reserve, or have provisioned without a reservation, is nobody else's. */
function checkClaims({ functions }: SimulatedWorkload, accountConcurrency: number): void {
  const claimed = functions.reduce((sum, each) => sum + (each.reserved ?? each.provisioned), 0)
  if (claimed === 0 || claimed <= accountConcurrency - LEAST_UNRESERVED) return
  const account = accountConcurrency.toLocaleString('en-US')
  throw new UsageError(
    `${counted(functions.length, 'function')} reserved ${claimed.toLocaleString('en-US')} of the account's ${account}: ${LEAST_UNRESERVED} have to stay unreserved, as on Lambda`,
    'Reserve less, or give a larger --account-concurrency.',
  )
}
