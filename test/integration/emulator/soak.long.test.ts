import { describe, expect, it } from 'vitest'
import type { InvokeResult } from '../../../runtime/invoke/invocation.ts'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import { isRunning, KINDS, processesOf, useEmulators } from './use-emulator.ts'

const start = useEmulators()

const INVOCATIONS = 1_500
const AT_ONCE = 8

/** What a handler may do, how often, and how that ends. */
const ACTS: readonly (readonly [weight: number, event: object, ends: string])[] = [
  [60, {}, 'success'],
  [10, { sleep: 20 }, 'success'],
  [5, { throw: 'no luck' }, 'error'],
  [4, { exit: 3 }, 'crash'],
  [4, { reject: 'forgotten' }, 'error'],
  [3, { spawn: true }, 'success'],
  [3, { tick: 1 }, 'success'],
  [2, { spawn: true, exit: 0 }, 'crash'],
  [2, { loop: true }, 'timeout'],
]

describe.each(KINDS)('a long life of functions that go wrong, in a %s each', (isolation) => {
  it.each([1, 2])('ends every invocation as it should, seed %i', async (seed) => {
    const under = await start([{ isolation, timeoutMs: 10_000 }], {
      keepAlive: 'fixed:300ms',
      rates: 'unlimited',
    })
    const random = seededRandom(seed)
    const total = ACTS.reduce((sum, [weight]) => sum + weight, 0)
    const draw = () => {
      let left = random.next() * total
      return ACTS.find(([weight]) => {
        left -= weight
        return left < 0
      }) as (typeof ACTS)[number]
    }
    const wrong: string[] = []
    let begun = 0
    const client = async (): Promise<void> => {
      while (begun < INVOCATIONS) {
        begun += 1
        const [, event, ends] = draw()
        const result: InvokeResult = await under.run('probe', event)
        if (result.outcome !== ends) wrong.push(`${JSON.stringify(event)}: ${result.outcome}`)
        if (random.next() < 0.02) await under.emulator.evict()
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, client))
    expect(wrong).toEqual([])
    const pids = processesOf(under)
    await under.emulator.evict()
    await expect.poll(() => under.emulator.sandboxes()).toEqual([])
    expect(pids.filter(isRunning)).toEqual([])
  })
})
