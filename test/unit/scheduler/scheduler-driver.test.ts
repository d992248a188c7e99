import { describe, expect, it } from 'vitest'
import type { FunctionVersion } from '../../../runtime/functions/function-version.ts'
import type { RequestId } from '../../../runtime/kernel/ids.ts'
import { newRequestId } from '../../../runtime/kernel/ids.ts'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import type { InvocationRun } from '../../../runtime/scheduler/invocation-run.ts'
import { Scheduler } from '../../../runtime/scheduler/scheduler.ts'
import { SchedulerDriver } from '../../../runtime/scheduler/scheduler-driver.ts'
import { VirtualClock } from '../../../runtime/simulation/virtual-clock.ts'
import type { PlatformEvent } from '../../../runtime/telemetry/platform-events.ts'
import { schedulerOptions } from '../../support/scheduler-options.ts'
import {
  CRASHED,
  failure,
  READY,
  RESPONSE,
  ScriptedSandbox,
  settled,
} from '../sandbox/scripted-sandbox.ts'

const version = {
  config: { name: 'f', timeoutMs: 3_000, memorySizeMb: 128 },
  version: '$LATEST',
} as FunctionVersion

/** The driver and its scheduler, on sandboxes that the test ends by hand. */
function drive() {
  const clock = new VirtualClock()
  const random = seededRandom(1)
  const sandboxes: ScriptedSandbox[] = []
  const events: PlatformEvent[] = []
  const scheduler = new Scheduler(schedulerOptions())
  const driver = new SchedulerDriver({
    scheduler,
    clock,
    emit: (event) => events.push(event),
    runtimeVersion: 'nodejs:0.0.0',
    createSandbox: (spec, observer) => {
      const made = new ScriptedSandbox(spec, observer)
      sandboxes.push(made)
      return made.guard
    },
  })
  driver.deploy(version)
  const invoke = (requestId: RequestId = newRequestId(random)): Promise<InvocationRun> =>
    driver.invoke({
      requestId,
      version,
      qualifier: undefined,
      event: new Uint8Array(),
      forceCold: false,
      invokedFunctionArn: 'arn',
      traceId: 'Root=1',
      clientContext: undefined,
      arrivedUs: clock.nowUs(),
    })
  const sandbox = (index: number): ScriptedSandbox => sandboxes[index] as ScriptedSandbox
  /** A whole cold invocation, after which the first sandbox is idle. */
  const warm = async (): Promise<ScriptedSandbox> => {
    const first = invoke()
    await settled()
    await sandbox(0).ends('start', READY)
    await sandbox(0).ends('invoke', RESPONSE)
    await first
    return sandbox(0)
  }
  return { clock, driver, scheduler, events, invoke, sandbox, sandboxes, warm }
}

describe('the driver', () => {
  it('initialises again, for the next invocation, what has answered and ended at once', async () => {
    const { invoke, sandbox } = drive()
    const first = invoke()
    await settled()
    await sandbox(0).ends('start', READY)
    // Its exit is heard first, and the answer counts all the same.
    await sandbox(0).exits()
    await sandbox(0).ends('invoke', RESPONSE)
    await sandbox(0).ends('reset')
    expect((await first).how).toBe('answered')
    const second = invoke()
    await settled()
    await sandbox(0).ends('start', READY)
    await sandbox(0).ends('invoke', RESPONSE)
    const run = await second
    expect([run.how, run.assignment?.why]).toEqual(['answered', 'reset after crash'])
  })

  it('stops a sandbox that has died before it could be thawed, and tells of a crash', async () => {
    const { clock, invoke, sandbox, sandboxes, warm } = drive()
    const first = await warm()
    clock.advanceTo(5_000)
    await settled()
    const second = invoke()
    await settled()
    // The freeze is not done yet, so thaw and invocation wait for it.
    await first.exits(CRASHED)
    await first.ends('freeze')
    const run = await second
    expect(run.how).toBe('crash')
    expect(run.outcome).toEqual({ kind: 'exited', exit: CRASHED })
    expect(first.runs('stop')).toBe(true)
    const third = invoke()
    await settled()
    expect(sandboxes).toHaveLength(2)
    await sandbox(1).ends('start', READY)
    await sandbox(1).ends('invoke', RESPONSE)
    expect((await third).assignment?.why).toBe('no sandbox')
  })

  it('gives the answer of a runtime that cannot be reset', async () => {
    const { invoke, sandbox } = drive()
    const first = invoke()
    await settled()
    await sandbox(0).ends('start', READY)
    await sandbox(0).ends('invoke', failure({ fatal: true }))
    await sandbox(0).fails('reset', 'not ended')
    expect((await first).how).toBe('answered')
    expect(sandbox(0).runs('stop')).toBe(true)
  })

  it('says why the machine has lost an invocation', async () => {
    const { invoke, sandbox } = drive()
    const first = invoke().catch((error: unknown) => error)
    await settled()
    await sandbox(0).fails('start', 'no process')
    expect(await first).toMatchObject({
      code: 'SandboxUnavailable',
      message: expect.stringMatching(/^The sandbox could not be run: .*no process$/),
    })
  })

  it('refuses a request id that is in flight, and takes it again afterwards', async () => {
    const { invoke, sandbox, sandboxes } = drive()
    const requestId = newRequestId(seededRandom(9))
    const first = invoke(requestId)
    await expect(invoke(requestId)).rejects.toMatchObject({
      code: 'ResourceConflict',
      message: `An invocation with request id ${requestId} is running`,
    })
    await settled()
    await sandbox(0).ends('start', READY)
    await sandbox(0).ends('invoke', RESPONSE)
    expect((await first).how).toBe('answered')
    const again = invoke(requestId)
    await settled()
    await sandbox(0).ends('invoke', RESPONSE)
    expect((await again).how).toBe('answered')
    expect(sandboxes).toHaveLength(1)
  })

  it('starts nothing for an invocation that comes just before it is closed', async () => {
    const { driver, invoke, sandbox } = drive()
    const first = invoke()
    const closed = driver.close()
    await expect(first).rejects.toMatchObject({ code: 'Closing' })
    await settled()
    await sandbox(0).ends('stop')
    await closed
    expect(sandbox(0).story).toEqual(['stop while stopping', 'told stopped while dead'])
    await expect(invoke()).rejects.toMatchObject({ code: 'Closing' })
  })

  it('closes though a sandbox cannot be removed', async () => {
    const { driver, scheduler, warm } = drive()
    const first = await warm()
    const closed = driver.close()
    await first.fails('stop', 'directory in use')
    await closed
    expect([...scheduler.sandboxes()]).toEqual([])
  })

  it('reports no init of a sandbox that is stopped while it starts', async () => {
    const { driver, events, sandbox } = drive()
    const kept = driver.keepWarm(version, 1)
    await settled()
    const closed = driver.close()
    const exit = { code: undefined, signal: 'SIGKILL', expected: true }
    await sandbox(0).ends('start', { kind: 'exited', exit, stamps: READY.stamps })
    await sandbox(0).ends('stop')
    await closed
    expect(await kept).toBeUndefined()
    expect(events.map(({ type }) => type)).toEqual([
      'sandbox.created',
      'platform.initStart',
      'sandbox.stopped',
    ])
  })

  it('gives the reason of a reset and a stop, and none for a freeze or a thaw', async () => {
    const { clock, driver, events, invoke, sandbox, warm } = drive()
    await warm()
    const second = invoke()
    await settled()
    clock.advanceTo(3_000_000)
    await sandbox(0).ends('invoke', { kind: 'exited', exit: CRASHED })
    await sandbox(0).ends('reset')
    expect((await second).how).toBe('timeout')
    const third = invoke()
    await settled()
    await sandbox(0).ends('start', READY)
    await sandbox(0).ends('invoke', RESPONSE)
    await third
    clock.advanceTo(3_005_000)
    await settled()
    await sandbox(0).ends('freeze')
    const evicted = driver.evict({ functionKey: 'f' })
    await sandbox(0).ends('stop')
    expect(await evicted).toBe(1)
    const told = events.flatMap((event) =>
      event.type.startsWith('sandbox.') && 'reason' in event
        ? [`${event.type} ${event.reason}`]
        : [],
    )
    expect(told).toEqual([
      'sandbox.created undefined',
      'sandbox.reset timeout',
      'sandbox.frozen undefined',
      'sandbox.stopped evicted',
    ])
  })
})
