import { describe, expect, it } from 'vitest'
import type { PlatformEvent } from '../../../runtime/telemetry/platform-events.ts'
import {
  answerOf,
  type EmulatorUnderTest,
  isRunning,
  KINDS,
  probe,
  processesOf,
  useEmulators,
  whenPrinted,
} from './use-emulator.ts'

const start = useEmulators()

/** Resolves when an event of this type has been seen. */
function whenSeen({ emulator }: EmulatorUnderTest, type: PlatformEvent['type']): Promise<void> {
  return new Promise((resolve) => {
    const stopHearing = emulator.onEvent((event) => {
      if (event.type !== type) return
      stopHearing()
      resolve()
    })
  })
}

describe.each(KINDS)('a sandbox that is a %s', (isolation) => {
  it('is frozen when it stays idle: what the handler left behind makes no progress', async () => {
    const under = await start([{ isolation }])
    const frozen = whenSeen(under, 'sandbox.frozen')
    await under.run('probe', { tick: 1 })
    await frozen
    expect(under.emulator.sandboxes()).toMatchObject([{ state: 'frozen', invocations: 1 }])
    const before = answerOf(await under.run('probe', { sleep: 50 })).ticks
    const frozenAgain = whenSeen(under, 'sandbox.frozen')
    await under.run('probe')
    await frozenAgain
    // Long enough for hundreds of ticks, were it running.
    await new Promise((resolve) => setTimeout(resolve, 600))
    const after = answerOf(await under.run('probe')).ticks
    expect(before).toBeGreaterThan(5)
    expect(after - before).toBeLessThan(300)
    const thawed = await under.run('probe', { sleep: 50 })
    expect(thawed.coldStart).toBe(false)
    expect(answerOf(thawed).ticks).toBeGreaterThan(after)
  })

  it('thaws within the invocation that needs it, and that is a phase of its own', async () => {
    const under = await start([{ isolation }])
    const frozen = whenSeen(under, 'sandbox.frozen')
    await under.run('probe')
    await frozen
    const phases = (await under.run('probe')).phases.map(({ phase }) => phase)
    expect(phases).toEqual(['queued', 'thawed', 'dispatched', 'ran', 'delivered'])
  })

  it('is evicted when it was idle for long enough, and its directory goes with it', async () => {
    const under = await start([{ isolation }], { keepAlive: 'fixed:50ms' })
    const stopped = whenSeen(under, 'sandbox.stopped')
    await under.run('probe', { write: 'gone' })
    const pids = processesOf(under)
    await stopped
    await expect.poll(() => under.emulator.sandboxes()).toEqual([])
    expect(pids.filter(isRunning)).toEqual([])
    const next = await under.run('probe')
    expect(next).toMatchObject({ coldStart: true, startReason: 'no sandbox' })
    expect(answerOf(next).note).toBeNull()
  })

  it('is evicted on demand: an idle one at once, a busy one when it has finished', async () => {
    const under = await start([{ isolation }])
    await under.run('probe')
    const busy = under.run('probe', { sleep: 200 })
    const idle = under.run('probe')
    await idle
    expect(await under.emulator.evict('probe')).toBe(2)
    expect((await busy).outcome).toBe('success')
    await expect.poll(() => under.emulator.sandboxes()).toEqual([])
  })

  it('is not reused when a cold start was asked for', async () => {
    const under = await start([{ isolation }])
    await under.run('probe')
    const forced = await under.emulator.invoke({ functionName: 'probe', forceCold: true })
    expect(forced).toMatchObject({ coldStart: true, startReason: 'forced' })
    expect(under.emulator.sandboxes()).toHaveLength(2)
  })

  it('of an older deployment serves no new invocation', async () => {
    const under = await start([{ isolation }])
    const old = await under.run('probe')
    await under.emulator.deploy(probe({ isolation, memorySizeMb: 256 }))
    const renewed = await under.run('probe')
    expect(renewed.coldStart).toBe(true)
    expect(renewed.sandboxId).not.toBe(old.sandboxId)
    expect(renewed.report.memorySizeMb).toBe(256)
  })

  it('ends with the emulator, whatever it is doing', async () => {
    const under = await start([{ isolation }])
    const frozen = whenSeen(under, 'sandbox.frozen')
    await under.run('probe')
    await frozen
    const printed = whenPrinted(under, 'looping')
    const looping = under.run('probe', { print: 'looping', loop: true }).catch((error) => error)
    await printed
    const pids = processesOf(under)
    await under.emulator.close()
    expect(await looping).toMatchObject({
      code: 'Closing',
      message: 'The emulator is closing and takes no more work.',
    })
    expect(pids.filter(isRunning)).toEqual([])
    await expect(under.run('probe')).rejects.toMatchObject({ code: 'Closing' })
  })

  it('has an environment made from nothing', async () => {
    process.env.SANDLOT_TEST_SECRET = 'of the controller'
    const under = await start([{ isolation, environment: { GREETING: 'hello' } }])
    const { environment } = answerOf(await under.run('probe', { tellsEnvironment: true }))
    delete process.env.SANDLOT_TEST_SECRET
    expect(environment).toMatchObject({
      GREETING: 'hello',
      _HANDLER: 'probe.handler',
      AWS_LAMBDA_FUNCTION_NAME: 'probe',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_REGION: 'us-east-1',
    })
    expect(environment).not.toHaveProperty('SANDLOT_TEST_SECRET')
    expect(environment).not.toHaveProperty('HOME')
  })
})

describe('an init that does not end', () => {
  it('is cut off by the limit, and ends in the second try inside the invocation', async () => {
    const under = await start([{ handler: 'slow-start.handler' }])
    const result = await under.run('probe')
    expect(result).toMatchObject({ outcome: 'success', startReason: 'init retried' })
    expect(result.logs.find((line) => line.startsWith('INIT_REPORT'))).toMatch(
      /^INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init\tStatus: timeout$/,
    )
    expect(result.report.initDurationMs).toBeUndefined()
  })
})
