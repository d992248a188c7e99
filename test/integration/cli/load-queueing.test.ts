import { expect, it } from 'vitest'
import { erlangB, PER_SECOND, SERVERS, simulateRefused } from './load-queueing.ts'
import { mean, punctualOverload, ranAndRefused } from './load-queueing-facts.ts'

it('load on ten sandboxes of 100 ms, with Poisson arrivals that need twenty, refuses the share of Erlang B', async (context) => {
  const queueing = await punctualOverload(context, 'poisson', 6_000, 2)
  const { ran, refused } = ranAndRefused(queueing)
  const share = refused / (ran + refused)
  // Only the mean counts of how long a sandbox is held, cold starts included. It lies between these.
  const [least, most] = [mean(queueing.insideMs), queueing.meanOutsideMs].map((holdingMs) =>
    erlangB(SERVERS, (PER_SECOND * holdingMs) / 1_000),
  ) as [number, number]
  // Erlang's share is that of a long time; so many seconds, from empty sandboxes on, differ from it by
  // this, and lie within four deviations but for one time in 16,000.
  const simulated = simulateRefused(queueing, 200)
  const tolerance = 4 * simulated.deviation + Math.abs(simulated.mean - least)
  const text = `${share} were refused, Erlang B is ${least} to ${most}, give or take ${tolerance}`
  expect(share, text).toBeGreaterThan(least - tolerance)
  expect(share, text).toBeLessThan(most + tolerance)
})
