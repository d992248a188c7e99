import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Timeline } from '../../../runtime/simulation/timeline.ts'

const SECOND = 1_000_000
const DAY = 86_400 * SECOND

describe('the timeline', () => {
  it('counts in the row of the instant, its end excluded', () => {
    const timeline = new Timeline(600 * SECOND)
    timeline.arrived()
    timeline.advanceTo(SECOND - 1)
    timeline.arrived()
    timeline.advanceTo(SECOND)
    timeline.arrived()
    expect(timeline.rowsUntil(2 * SECOND)).toMatchObject([
      { fromMs: 0, arrived: 2 },
      { fromMs: 1_000, arrived: 1 },
    ])
  })

  it('shows the most at any instant, and goes on with what is held', () => {
    const timeline = new Timeline(600 * SECOND)
    timeline.created(128)
    timeline.created(512)
    timeline.assigned()
    timeline.stopped(512)
    timeline.finished()
    timeline.advanceTo(2 * SECOND)
    timeline.assigned()
    const rows = timeline.rowsUntil(3 * SECOND)
    expect(rows).toMatchObject([
      { inFlight: 1, sandboxes: 2, memoryMb: 640 },
      { inFlight: 0, sandboxes: 1, memoryMb: 128 },
      { inFlight: 1, sandboxes: 1, memoryMb: 128 },
    ])
    expect(timeline.peaks).toEqual({ inFlight: 1, sandboxes: 2, memoryMb: 640 })
  })

  it('has no row that only begins at the end, unless something arrives then', () => {
    const timeline = new Timeline(600 * SECOND)
    timeline.advanceTo(SECOND)
    expect(timeline.rowsUntil(SECOND)).toHaveLength(1)
    timeline.arrived()
    expect(timeline.rowsUntil(SECOND)).toHaveLength(2)
  })

  it('has rows of a round width: a day in steps of five minutes', () => {
    const timeline = new Timeline(DAY)
    timeline.advanceTo(DAY - 1)
    const rows = timeline.rowsUntil(DAY)
    expect(rows).toHaveLength(288)
    expect(rows[1]?.fromMs).toBe(300_000)
  })

  it('has at most 600 rows and loses nothing, however long it lasts', () => {
    const steps = fc.array(fc.nat({ max: 400 * SECOND }), { minLength: 1, maxLength: 100 })
    fc.assert(
      fc.property(fc.nat({ max: 900 * SECOND }), steps, (durationUs, gaps) => {
        const timeline = new Timeline(durationUs)
        let nowUs = 0
        for (const gapUs of gaps) {
          nowUs += gapUs
          timeline.advanceTo(nowUs)
          timeline.arrived()
        }
        const rows = timeline.rowsUntil(nowUs + 1)
        expect(rows.length).toBeLessThanOrEqual(600)
        expect(rows.reduce((sum, { arrived }) => sum + arrived, 0)).toBe(gaps.length)
        const widths = new Set(
          rows.slice(1).map(({ fromMs }, index) => fromMs - (rows[index]?.fromMs ?? 0)),
        )
        expect(widths.size).toBeLessThanOrEqual(1)
      }),
    )
  })
})
