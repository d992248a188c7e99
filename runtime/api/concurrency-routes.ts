import type { Emulator } from '../emulator.ts'
import { functionArn } from '../functions/arn.ts'
import type { ProvisionedConcurrency } from '../functions/concurrency-settings.ts'
import { type ControlOperation, type ControlRequest, controlRoute } from './control-operation.ts'
import { lambdaDate } from './function-configuration.ts'
import { pageOf } from './paging.ts'
import { qualifierIn } from './qualifier.ts'
import type { Route } from './router.ts'

const PROVISIONED = { maxItems: 50, rows: 50 }

const RESERVED_PATH = /^\/2017-10-31\/functions\/([^/]+)\/concurrency\/?$/
/** Reading it came later, under another date. */
const RESERVED_READ_PATH = /^\/2019-09-30\/functions\/([^/]+)\/concurrency\/?$/
const PROVISIONED_PATH = /^\/2019-09-30\/functions\/([^/]+)\/provisioned-concurrency\/?$/
const ACCOUNT_PATH = /^\/2016-08-19\/account-settings\/?$/

/** Reserved and provisioned concurrency. Source: AWS Lambda API reference, the operations of these names. */
export function concurrencyRoutes(emulator: Emulator): Route[] {
  const operations = [...ofReservations(emulator), ...ofProvisioned(emulator), ofAccount(emulator)]
  return operations.map((each) => controlRoute(emulator, each))
}

const ofReservations = (emulator: Emulator): ControlOperation[] => [
  {
    method: 'PUT',
    pattern: RESERVED_PATH,
    status: 200,
    answer: ({ functionName, body }) => {
      // What is no number is refused there.
      const reserved = body.ReservedConcurrentExecutions as number
      emulator.putFunctionConcurrency(functionName, reserved)
      return { ReservedConcurrentExecutions: reserved }
    },
  },
  {
    method: 'GET',
    pattern: RESERVED_READ_PATH,
    status: 200,
    answer: ({ functionName }) => {
      const reserved = emulator.functionConcurrency(functionName)
      return reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved }
    },
  },
  {
    method: 'DELETE',
    pattern: RESERVED_PATH,
    status: 204,
    answer: ({ functionName }) => {
      emulator.deleteFunctionConcurrency(functionName)
      return undefined
    },
  },
]

const ofProvisioned = (emulator: Emulator): ControlOperation[] => [
  {
    method: 'PUT',
    pattern: PROVISIONED_PATH,
    status: 202,
    answer: ({ functionName, query, body }) => {
      const count = body.ProvisionedConcurrentExecutions as number
      return told(emulator.putProvisionedConcurrency(functionName, qualifierIn(query), count))
    },
  },
  {
    method: 'GET',
    pattern: PROVISIONED_PATH,
    status: 200,
    answer: (request) =>
      request.query.get('List') === 'ALL'
        ? listProvisioned(emulator, request)
        : told(emulator.provisionedConcurrency(request.functionName, qualifierIn(request.query))),
  },
  {
    method: 'DELETE',
    pattern: PROVISIONED_PATH,
    status: 204,
    answer: ({ functionName, query }) => {
      emulator.deleteProvisionedConcurrency(functionName, qualifierIn(query))
      return undefined
    },
  },
]

function listProvisioned(emulator: Emulator, { functionName, query }: ControlRequest): object {
  const all = emulator.provisionedConcurrencies(functionName)
  const { rows, next } = pageOf(all, query, PROVISIONED)
  return {
    ProvisionedConcurrencyConfigs: rows.map((row) => ({
      FunctionArn: `${functionArn(row.functionName)}:${row.qualifier}`,
      ...told(row),
    })),
    ...next,
  }
}

const told = (provisioned: ProvisionedConcurrency) => ({
  RequestedProvisionedConcurrentExecutions: provisioned.requested,
  AvailableProvisionedConcurrentExecutions: provisioned.available,
  AllocatedProvisionedConcurrentExecutions: provisioned.allocated,
  Status: provisioned.status,
  StatusReason: provisioned.statusReason,
  LastModified: lambdaDate(provisioned.modifiedMs),
})

/** What Lambda tells of the storage for code is left out: there is none here. */
const ofAccount = (emulator: Emulator): ControlOperation => ({
  method: 'GET',
  pattern: ACCOUNT_PATH,
  status: 200,
  answer: () => ({
    AccountLimit: {
      ConcurrentExecutions: emulator.accountLimit.concurrency,
      UnreservedConcurrentExecutions: emulator.unreservedConcurrency(),
    },
    AccountUsage: { FunctionCount: emulator.functions().length },
  }),
})
