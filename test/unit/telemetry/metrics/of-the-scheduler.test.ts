import { describe, expect, it } from 'vitest'
import type { FunctionVersion } from '../../../../runtime/functions/function-version.ts'
import { InvokeService } from '../../../../runtime/invoke/invoke-service.ts'
import { seededRandom } from '../../../../runtime/kernel/random.ts'
import { Scheduler } from '../../../../runtime/scheduler/scheduler.ts'
import { SchedulerDriver } from '../../../../runtime/scheduler/scheduler-driver.ts'
import { VirtualClock } from '../../../../runtime/simulation/virtual-clock.ts'
import { collectMetrics } from '../../../../runtime/telemetry/metrics/collect-metrics.ts'
import type { MetricName } from '../../../../runtime/telemetry/metrics/metric-catalogue.ts'
import type { PlatformEvent } from '../../../../runtime/telemetry/platform-events.ts'
import { schedulerOptions } from '../../../support/scheduler-options.ts'
import {
  CRASHED,
  failure,
  READY,
  RESPONSE,
  ScriptedSandbox,
  settled,
} from '../../sandbox/scripted-sandbox.ts'
import { EPOCH_MS } from './told.ts'

const SECOND_US = 1_000_000

const version: FunctionVersion = {
  config: { name: 'f', timeoutMs: 300_000, memorySizeMb: 128 },
  arn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
  version: '3',
} as FunctionVersion

/** The door and the scheduler as they are, on sandboxes that the test ends by hand. */
function counted() {
  const clock = new VirtualClock(EPOCH_MS)
  const sandboxes: ScriptedSandbox[] = []
  let tell: (event: PlatformEvent) => void = () => undefined
  const metrics = collectMetrics({
    onEvent: (listener) => {
      tell = listener
    },
    wallMs: () => clock.wallMs(),
  })
  const emit = (event: PlatformEvent): void => tell(event)
  const driver = new SchedulerDriver({
    scheduler: new Scheduler(schedulerOptions({ accountLimit: 110 })),
    clock,
    emit,
    runtimeVersion: 'nodejs:0.0.0',
    createSandbox: (spec, observer) => {
      const made = new ScriptedSandbox(spec, observer)
      sandboxes.push(made)
      return made.guard
    },
  })
  const service = new InvokeService({
    resolve: () => version,
    run: (request) => driver.invoke(request),
    emit,
    clock,
    random: seededRandom(1),
  })
  driver.deploy(version)
  const invoke = async (qualifier?: string) => {
    const input = { functionName: 'f', ...(qualifier !== undefined && { qualifier }) }
    const result = service.invoke(input).catch((error: { throttle: string }) => error.throttle)
    await settled()
    return result
  }
  const total = (name: MetricName, ...dimensions: string[]) =>
    metrics
      .view({ minutes: 180 })
      .metrics.find(
        (each) => each.name === name && Object.values(each.dimensions).join() === dimensions.join(),
      )?.total
  return { clock, driver, sandboxes, invoke, total, view: metrics.view }
}

describe('the metrics of what the scheduler does', () => {
  it('tell of provisioned concurrency, and of what spills over', async () => {
    const { driver, sandboxes, invoke, total } = counted()
    driver.provision(version, 2)
    await settled()
    for (const sandbox of sandboxes) await sandbox.ends('start', READY)
    const running = [invoke('3'), invoke('3'), invoke('3')]
    await settled()
    await sandboxes[2]?.ends('start', READY)
    for (const sandbox of sandboxes) await sandbox.ends('invoke', RESPONSE)
    await Promise.all(running)
    const resource = ['f', 'f:3'] as const
    expect(total('Invocations', ...resource)).toEqual({ Sum: 3 })
    expect(total('ProvisionedConcurrencyInvocations', ...resource)).toEqual({ Sum: 2 })
    expect(total('ProvisionedConcurrencySpilloverInvocations', ...resource)).toEqual({ Sum: 1 })
    expect(total('ProvisionedConcurrentExecutions', ...resource)).toEqual({ Maximum: 2 })
    expect(total('ProvisionedConcurrencyUtilization', ...resource)).toEqual({ Maximum: 1 })
    // Two that are provisioned, and one besides.
    expect(total('ClaimedAccountConcurrency')).toEqual({ Maximum: 3 })
    expect(total('ConcurrentExecutions', 'f')).toEqual({ Maximum: 3 })
    expect(total('UnreservedConcurrentExecutions')).toEqual({ Maximum: 3 })
    // Only the one that was not there ahead of demand.
    expect(total('ColdStarts', 'f')).toEqual({ Sum: 1 })
    expect(total('InitDuration', 'f')).toMatchObject({ SampleCount: 3 })
    expect(total('Sandboxes', 'f')).toEqual({ Maximum: 3 })
  })

  it('tell of throttles, which are no invocations, and claim what is reserved', async () => {
    const { driver, sandboxes, invoke, total } = counted()
    driver.reserve('f', 1)
    const running = invoke()
    await settled()
    expect(await invoke()).toBe('ReservedFunctionConcurrentInvocationLimitExceeded')
    await sandboxes[0]?.ends('start', READY)
    await sandboxes[0]?.ends('invoke', failure({ fatal: false }))
    await running
    expect(total('Throttles', 'f', 'f')).toEqual({ Sum: 1 })
    expect(total('Invocations', 'f')).toEqual({ Sum: 1 })
    expect(total('Errors', 'f')).toEqual({ Sum: 1, Average: 1 })
    expect(total('ConcurrentExecutions')).toEqual({ Maximum: 1 })
    expect(total('UnreservedConcurrentExecutions')).toBeUndefined()
    expect(total('ClaimedAccountConcurrency')).toEqual({ Maximum: 1 })
  })

  it('stamp an invocation that times out minutes later with its start', async () => {
    const { clock, sandboxes, invoke, view } = counted()
    const running = invoke()
    await settled()
    await sandboxes[0]?.ends('start', READY)
    clock.advanceTo(300 * SECOND_US)
    await sandboxes[0]?.ends('invoke', { kind: 'exited', exit: CRASHED })
    await sandboxes[0]?.ends('reset')
    await running
    const { metrics } = view({ functionName: 'f', minutes: 10 })
    const start = new Date(EPOCH_MS).toISOString()
    const of = (name: MetricName) => metrics.find((each) => each.name === name)?.periods
    expect(of('Errors')).toEqual([{ start, isOver: true, values: { Sum: 1, Average: 1 } }])
    expect(of('Duration')).toMatchObject([{ start, values: { Maximum: 300_000 } }])
    // It took concurrency in every minute until then.
    expect(of('ConcurrentExecutions')).toHaveLength(6)
  })
})
