import type { FunctionVersion } from '../../runtime/functions/function-version.ts'
import { systemClock } from '../../runtime/host/system-clock.ts'
import {
  createSimulatedSandboxFactory,
  type SimulatedBehaviour,
} from '../../runtime/simulation/simulated-sandbox.ts'
import type { ContractHost } from './sandbox/contract-lab.ts'
import { describeSandboxContract } from './sandbox.contract.ts'

/** How the handlers of the contract end; all others answer. */
const INITS: Readonly<Record<string, 'error' | 'crash' | 'never'>> = {
  'throws-at-import.handler': 'error',
  'exits-at-import.handler': 'crash',
  'hangs-at-import.handler': 'never',
}
const RUNS: Readonly<Record<string, 'error' | 'fatal' | 'crash' | 'never'>> = {
  'ends.fails': 'error',
  'ends.failsFatally': 'fatal',
  'ends.exits': 'crash',
  'ends.hangs': 'never',
}

const behaviour: SimulatedBehaviour = {
  spawnUs: 100,
  bootUs: 100,
  init: ({ version }) => ({ afterUs: 100, ends: INITS[version.config.handler] ?? 'ready' }),
  run: ({ invokedFunctionArn }) => ({ afterUs: 100, ends: RUNS[invokedFunctionArn] ?? 'response' }),
}

const openSimulatedHost = async (): Promise<ContractHost> => ({
  factory: createSimulatedSandboxFactory(systemClock, behaviour),
  version: async (handler) =>
    ({ config: { name: 'f', handler, memorySizeMb: 128 }, arn: handler }) as FunctionVersion,
  close: async () => {},
})

describeSandboxContract({
  isolation: 'simulated',
  open: openSimulatedHost,
  runsNoCode: 'it only passes time',
})
