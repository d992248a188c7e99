import { expect, it } from 'vitest'
import { PER_SECOND, SERVERS } from './load-queueing.ts'
import { mean, punctualOverload, ranAndRefused } from './load-queueing-facts.ts'

const DURATION_MS = 8_000

it('load on ten sandboxes of 100 ms, with constant gaps that need twenty, admits what ten can serve', async (context) => {
  const queueing = await punctualOverload(context, 'even', DURATION_MS, 1)
  const { ran, refused } = ranAndRefused(queueing)
  expect(ran + refused).toBe((DURATION_MS / 1_000) * PER_SECOND)
  // Ten at a time, each for at least 100 ms: more is not possible on any machine.
  expect(ran).toBeLessThanOrEqual(SERVERS * (DURATION_MS / 100 + 1))
  // A sandbox that is free waits for the next request: for one gap at most, where it is punctual.
  const gapMs = 1_000 / PER_SECOND
  const servedBy = (holdingMs: number): number => (SERVERS * DURATION_MS) / holdingMs
  const text = `${ran} ran, ${mean(queueing.insideMs)} to ${queueing.meanOutsideMs} ms each`
  expect(ran, text).toBeGreaterThan(0.95 * servedBy(queueing.meanOutsideMs + gapMs))
  expect(ran, text).toBeLessThan(1.05 * servedBy(mean(queueing.insideMs)))
})
