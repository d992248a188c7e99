import { describe, expect, it } from 'vitest'
import type { EmulatorOptions } from '../../../runtime/emulator-options.ts'
import type { InvokeResult } from '../../../runtime/invoke/invocation.ts'
import { isSandlotError } from '../../../runtime/kernel/errors.ts'
import { parseKeepAlive } from '../../../runtime/scheduler/keep-alive/keep-alive-text.ts'
import { LAMBDA_RATES, NO_RECYCLING } from '../../../runtime/scheduler/scheduler-options.ts'
import { fixedModel } from '../../../runtime/simulation/latency-models.ts'
import { Simulation } from '../../../runtime/simulation/simulation.ts'
import type { SimulatedFunction } from '../../../runtime/simulation/workload.ts'
import { useEmulators } from './use-emulator.ts'

const start = useEmulators()

interface TestFunction {
  readonly name: string
  readonly reserved?: number
  readonly provisioned?: number
}

/** So many invocations at the same instant, each after the ones before have ended. */
type Wave = Readonly<Record<string, number>>

interface Counts {
  readonly cold: number
  readonly warm: number
  readonly provisioned: number
  readonly spillover: number
  readonly throttles: Readonly<Record<string, number>>
  readonly mostInFlight: number
}

interface Story {
  readonly functions: readonly TestFunction[]
  readonly waves: readonly Wave[]
  readonly accountConcurrency: number
  readonly keepAlive: string
}

/** Where timing cannot make a difference: within a wave all overlap, between waves nothing runs. */
const STORIES: Readonly<Record<string, Story>> = {
  'a burst beyond the account, twice': {
    functions: [{ name: 'a' }],
    waves: [{ a: 2 }, { a: 5 }, { a: 3 }, { a: 4 }],
    accountConcurrency: 3,
    keepAlive: 'fixed:10m',
  },
  'a reservation beside the unreserved pool': {
    functions: [{ name: 'a', reserved: 2 }, { name: 'b' }, { name: 'off', reserved: 0 }],
    waves: [{ a: 3, b: 3, off: 1 }, { b: 1 }, { a: 2, b: 2 }],
    accountConcurrency: 4,
    keepAlive: 'fixed:10m',
  },
  'nothing kept between the waves': {
    functions: [{ name: 'a' }, { name: 'b' }],
    waves: [{ a: 2 }, { a: 1, b: 1 }, { a: 1 }],
    accountConcurrency: 3,
    keepAlive: 'none',
  },
  'provisioned concurrency that spills over, within a reservation': {
    functions: [{ name: 'a', reserved: 3, provisioned: 2 }],
    waves: [{ a: 1 }, { a: 4 }, { a: 3 }],
    accountConcurrency: 200,
    keepAlive: 'fixed:10m',
  },
}

describe.each(Object.entries(STORIES))('%s', (_, story) => {
  it('comes to the same for real and simulated', async () => {
    const real = await lived(story)
    expect(real).toEqual(simulated(story))
    // Counts that agree because nothing happened would prove nothing.
    expect(real.cold + real.provisioned).toBeGreaterThan(0)
  })
})

async function lived(story: Story): Promise<Counts> {
  const { functions, waves, accountConcurrency, keepAlive } = story
  const options: EmulatorOptions = { accountConcurrency, keepAlive }
  const inputs = functions.map(({ name, reserved }) => ({
    name,
    ...(reserved !== undefined && { reservedConcurrency: reserved }),
  }))
  const { emulator } = await start(inputs, options)
  const counts = new Counter()
  const stopHearing = emulator.onEvent((event) => {
    if (event.type === 'invocation.assigned') counts.assigned(event.concurrency)
    if (event.type === 'invocation.ended') counts.ended()
    if (event.type === 'platform.throttle') counts.throttled(event.reason)
  })
  for (const { name, provisioned } of functions) {
    if (provisioned === undefined) continue
    const { version } = emulator.publishVersion(name)
    emulator.putProvisionedConcurrency(name, version, provisioned)
    await emulator.whenProvisioned(name, version)
  }
  for (const wave of waves) {
    const calls = Object.entries(wave).flatMap(([name, count]) => Array(count).fill(name))
    const results = await Promise.all(
      calls.map((name: string) => {
        const isProvisioned = functions.some((each) => each.name === name && each.provisioned)
        const functionName = isProvisioned ? `${name}:1` : name
        const payload = JSON.stringify({ sleep: RUN_MS })
        return emulator.invoke({ functionName, payload }).catch(refusal)
      }),
    )
    for (const result of results) if (result !== undefined) counts.answered(result)
  }
  stopHearing()
  return counts.all
}

/** Longer than it takes to ask for all of a wave. */
const RUN_MS = 150

function refusal(error: unknown): undefined {
  if (!isSandlotError(error) || error.code !== 'TooManyRequests') throw error
}

class Counter {
  readonly #throttles: Record<string, number> = {}
  #cold = 0
  #warm = 0
  #provisioned = 0
  #spillover = 0
  #inFlight = 0
  #mostInFlight = 0

  assigned(concurrency: string): void {
    this.#inFlight += 1
    this.#mostInFlight = Math.max(this.#mostInFlight, this.#inFlight)
    if (concurrency === 'provisioned') this.#provisioned += 1
    if (concurrency === 'spillover') this.#spillover += 1
  }

  ended(): void {
    this.#inFlight -= 1
  }

  throttled(reason: string): void {
    this.#throttles[reason] = (this.#throttles[reason] ?? 0) + 1
  }

  answered({ coldStart, outcome }: InvokeResult): void {
    expect(outcome).toBe('success')
    if (coldStart) this.#cold += 1
    else this.#warm += 1
  }

  get all(): Counts {
    return {
      cold: this.#cold,
      warm: this.#warm,
      provisioned: this.#provisioned,
      spillover: this.#spillover,
      throttles: this.#throttles,
      mostInFlight: this.#mostInFlight,
    }
  }
}

const SECOND_US = 1_000_000

function simulated({ functions, waves, accountConcurrency, keepAlive }: Story): Counts {
  const latency = fixedModel({ coldStartUs: 60_000, initUs: 40_000, runUs: RUN_MS * 1_000 })
  const specs = functions.map(
    ({ name, reserved, provisioned = 0 }): SimulatedFunction => ({
      name,
      memoryMb: 128,
      timeoutUs: 30 * SECOND_US,
      reserved,
      provisioned,
      latency,
    }),
  )
  const arrivals = waves.flatMap((wave, index) =>
    Object.entries(wave).flatMap(([name, count]) => {
      const fn = functions.findIndex((each) => each.name === name)
      return Array.from({ length: count }, () => ({ atUs: index * SECOND_US, fn }))
    }),
  )
  const simulation = new Simulation(
    {
      text: 'waves',
      functions: specs,
      arrivals: () => arrivals,
      planned: arrivals.length,
      durationUs: waves.length * SECOND_US,
      skipped: [],
    },
    {
      seed: 1,
      accountLimit: accountConcurrency,
      memoryBudgetMb: Number.POSITIVE_INFINITY,
      maxParallelStarts: 1_000,
      keepAlive: parseKeepAlive(keepAlive),
      reuse: 'most-recent',
      recycling: NO_RECYCLING,
      rates: LAMBDA_RATES,
    },
  )
  while (!simulation.run(1_000));
  const { cold, warm, provisioned, spillover, throttles, concurrency } = simulation.outcome()
  return { cold, warm, provisioned, spillover, throttles, mostInFlight: concurrency.max }
}
