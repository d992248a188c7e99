import { describe, expect, it } from 'vitest'
import type { InvokeResult } from '../../../runtime/invoke/invocation.ts'
import { isSandlotError, type SandlotError } from '../../../runtime/kernel/errors.ts'
import { answerOf, type EmulatorUnderTest, KINDS, useEmulators } from './use-emulator.ts'

const start = useEmulators()

const CALLS = 100
const RESERVED = 10

/** Invokes many times at once; tells what came of each, and how many sandboxes there were at most. */
async function burst({ emulator, run }: EmulatorUnderTest, event: object, calls = CALLS) {
  let live = 0
  let mostSandboxes = 0
  const stopHearing = emulator.onEvent(({ type }) => {
    if (type === 'sandbox.created') live += 1
    if (type === 'sandbox.stopped') live -= 1
    mostSandboxes = Math.max(mostSandboxes, live)
  })
  const results = await Promise.all(
    Array.from({ length: calls }, () => run('probe', event).catch((error: unknown) => error)),
  )
  stopHearing()
  return {
    served: results.filter((each): each is InvokeResult => !(each instanceof Error)),
    refused: results.filter((each): each is SandlotError => isSandlotError(each)),
    mostSandboxes,
  }
}

describe.each(KINDS)('many invocations at once, in a %s each', (isolation) => {
  it('are throttled beyond the reservation, exactly, and never more sandboxes than it exist', async () => {
    const emulator = await start([{ isolation, reservedConcurrency: RESERVED }])
    const { served, refused, mostSandboxes } = await burst(emulator, { sleep: 200 })
    expect(served.map(({ outcome }) => outcome)).toEqual(Array(RESERVED).fill('success'))
    expect(refused).toHaveLength(CALLS - RESERVED)
    for (const error of refused) {
      expect(error).toMatchObject({
        code: 'TooManyRequests',
        httpStatus: 429,
        awsErrorType: 'TooManyRequestsException',
        message: 'Rate Exceeded.',
        throttle: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      })
    }
    expect(mostSandboxes).toBe(RESERVED)
    // Those that were refused have taken nothing.
    const again = await burst(emulator, { sleep: 0 }, RESERVED)
    expect(again.served.map(({ coldStart }) => coldStart)).toEqual(Array(RESERVED).fill(false))
  })

  it('all succeed where nothing limits them, one invocation in a sandbox at a time', async () => {
    const emulator = await start([{ isolation }])
    const { served, refused, mostSandboxes } = await burst(emulator, { sleep: 200 })
    expect(refused).toEqual([])
    expect(served.map(({ outcome }) => outcome)).toEqual(Array(CALLS).fill('success'))
    const cold = served.filter(({ coldStart }) => coldStart)
    expect(mostSandboxes).toBe(cold.length)
    expect(new Set(cold.map(({ sandboxId }) => sandboxId)).size).toBe(cold.length)
    // Nothing ran twice, or for somebody else.
    expect(new Set(served.map((each) => answerOf(each).requestId)).size).toBe(CALLS)
    for (const each of served) expect(answerOf(each).requestId).toBe(each.requestId)
  })
})

describe('concurrency', () => {
  it('of a reservation of 0 is none at all', async () => {
    const emulator = await start([{ reservedConcurrency: 0 }])
    const { refused, mostSandboxes } = await burst(emulator, {}, 1)
    expect(refused[0]?.throttle).toBe('ReservedFunctionConcurrentInvocationLimitExceeded')
    expect(mostSandboxes).toBe(0)
  })

  it('of the account is shared by functions without a reservation', async () => {
    const emulator = await start(
      [{ name: 'probe' }, { name: 'other' }, { name: 'kept', reservedConcurrency: 1 }],
      { accountConcurrency: 3 },
    )
    const running = [emulator.run('probe', { sleep: 500 }), emulator.run('other', { sleep: 500 })]
    const third = await emulator.run('probe').catch((error: unknown) => error)
    expect(third).toMatchObject({ throttle: 'ConcurrentInvocationLimitExceeded' })
    expect((await emulator.run('kept')).outcome).toBe('success')
    await Promise.all(running)
    expect((await emulator.run('probe')).outcome).toBe('success')
  })

  it('starts many sandboxes in parallel, but not more than it was told', async () => {
    const emulator = await start([{}], { maxParallelStarts: 2 })
    let starting = 0
    let most = 0
    emulator.emulator.onEvent(({ type }) => {
      if (type === 'platform.initStart') starting += 1
      if (type === 'platform.initReport') starting -= 1
      most = Math.max(most, starting)
    })
    const { served } = await burst(emulator, { sleep: 100 }, 8)
    expect(served).toHaveLength(8)
    expect(most).toBe(2)
  })
})
