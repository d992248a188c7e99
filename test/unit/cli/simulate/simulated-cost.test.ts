import { describe, expect, it } from 'vitest'
import { simulatedCost } from '../../../../cli/measure/simulate/simulated-cost.ts'

const PART = {
  memoryMb: 1_024,
  requests: 1_000,
  onDemandMs: 50_000,
  provisionedMs: 0,
  provisionedSandboxS: 0,
}

describe('the cost of what was simulated', () => {
  it('is that of every memory size together', () => {
    const half = { ...PART, memoryMb: 512, requests: 10, onDemandMs: 2_000 }
    const cost = simulatedCost({ billed: [PART, half], simulatedMs: 60_000 }, 'us-east-1')
    expect(cost.requests).toBe(1_010)
    expect(cost.gbSeconds).toBeCloseTo(51, 9)
    expect(cost.requestsUsd).toBeCloseTo(1_010 * 0.0000002, 12)
    expect(cost.durationUsd).toBeCloseTo(51 * 0.0000166667, 9)
    expect(cost.totalUsd).toBeCloseTo(cost.requestsUsd + cost.durationUsd, 12)
    expect(cost.freeTier).toBe(false)
  })

  it('has provisioned sandboxes for whole steps of five minutes, and what ran on them', () => {
    const part = { ...PART, provisionedMs: 30_000, provisionedSandboxS: 10 * 360 }
    const cost = simulatedCost({ billed: [part], simulatedMs: 360_000 }, 'us-east-1')
    const capacityUsd = 10 * 600 * 0.0000041667
    expect(cost.provisionedUsd).toBeCloseTo(capacityUsd + 30 * 0.0000097222, 9)
    expect(cost.durationUsd).toBeCloseTo(50 * 0.0000166667, 9)
  })

  it('is nothing where nothing ran', () => {
    expect(simulatedCost({ billed: [], simulatedMs: 0 }, 'eu-west-1')).toMatchObject({
      region: 'eu-west-1',
      requests: 0,
      totalUsd: 0,
    })
  })
})
