import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  PHASE_NAMES,
  type PhaseEnds,
  type PhaseName,
  phasesFrom,
} from '../../../runtime/telemetry/phases.ts'

const instant = fc.integer({ min: 0, max: 1_000_000 })
const anyEnds: fc.Arbitrary<PhaseEnds> = fc.record(
  Object.fromEntries(PHASE_NAMES.map((name) => [name, instant])) as Record<
    PhaseName,
    fc.Arbitrary<number>
  >,
  { requiredKeys: ['delivered'] },
)

describe('the phases of an invocation', () => {
  it('of a cold start are all there, each from the end of the one before', () => {
    const ends = { queued: 110, spawned: 130, booted: 160, initialised: 200 }
    const rest = { dispatched: 205, ran: 300, delivered: 310 }
    expect(phasesFrom(100, { ...rest, ...ends })).toEqual([
      { phase: 'queued', startUs: 0, durationUs: 10 },
      { phase: 'spawned', startUs: 10, durationUs: 20 },
      { phase: 'booted', startUs: 30, durationUs: 30 },
      { phase: 'initialised', startUs: 60, durationUs: 40 },
      { phase: 'dispatched', startUs: 100, durationUs: 5 },
      { phase: 'ran', startUs: 105, durationUs: 95 },
      { phase: 'delivered', startUs: 200, durationUs: 10 },
    ])
  })

  it('leave out what did not happen', () => {
    const phases = phasesFrom(0, { queued: 1, thawed: 2, dispatched: 3, ran: 4, delivered: 5 })
    expect(phases.map(({ phase }) => phase)).toEqual([
      'queued',
      'thawed',
      'dispatched',
      'ran',
      'delivered',
    ])
    expect(phasesFrom(7, {})).toEqual([])
  })

  it('take no time where a stamp runs backwards, and the next ones are none the longer', () => {
    expect(phasesFrom(100, { queued: 120, dispatched: 110, ran: 130, delivered: 125 })).toEqual([
      { phase: 'queued', startUs: 0, durationUs: 20 },
      { phase: 'dispatched', startUs: 20, durationUs: 0 },
      { phase: 'ran', startUs: 20, durationUs: 10 },
      { phase: 'delivered', startUs: 30, durationUs: 0 },
    ])
  })

  it('are contiguous, in order, never negative, and add up to the total, whatever the stamps', () => {
    fc.assert(
      fc.property(instant, anyEnds, (arrivedUs, ends) => {
        const phases = phasesFrom(arrivedUs, ends)
        let atUs = 0
        for (const { startUs, durationUs } of phases) {
          expect(startUs).toBe(atUs)
          expect(durationUs).toBeGreaterThanOrEqual(0)
          atUs += durationUs
        }
        const names = phases.map(({ phase }) => phase)
        expect(names).toEqual(PHASE_NAMES.filter((name) => ends[name] !== undefined))
        expect(atUs).toBe(Math.max(arrivedUs, ...Object.values(ends)) - arrivedUs)
      }),
    )
  })
})
