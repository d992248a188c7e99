import { usToMs } from '../kernel/units.ts'
import type { TimelineRow } from './simulation-outcome.ts'

const MAX_ROWS = 600
const SECOND = 1_000_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/**
 * Round widths, so that what comes every second or minute falls evenly into the rows; microseconds.
 * Beyond the last one the width is doubled until it fits.
 */
const WIDTHS = [
  ...[1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000],
  ...[1, 2, 5, 10, 20, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((hours) => hours * HOUR),
]

interface Row {
  arrived: number
  cold: number
  throttled: number
  refused: number
  inFlight: number
  sandboxes: number
  memoryMb: number
}

/**
 * How things went over time. Counts per row, and the most at any instant in it of what is held:
 * invocations, sandboxes, memory. When the rows do not suffice, two become one.
 */
export class Timeline {
  #widthUs: number
  #rows: Row[] = []
  /** The row that time is in, and when it ends. */
  #row = newRow(0, 0, 0)
  #rowEndUs: number
  #inFlight = 0
  #sandboxes = 0
  #memoryMb = 0

  /** @param durationUs how long it will be, as far as is known. */
  constructor(durationUs: number) {
    this.#widthUs = widthFor(durationUs)
    this.#rowEndUs = this.#widthUs
    this.#rows.push(this.#row)
  }

  /** Time goes on to this instant; it does not go back. */
  advanceTo(nowUs: number): void {
    if (nowUs < this.#rowEndUs) return
    while (nowUs >= this.#widthUs * MAX_ROWS) this.#halve()
    while (nowUs >= this.#rowEndUs) {
      this.#row = newRow(this.#inFlight, this.#sandboxes, this.#memoryMb)
      this.#rows.push(this.#row)
      this.#rowEndUs += this.#widthUs
    }
  }

  arrived(): void {
    this.#row.arrived += 1
  }

  cold(): void {
    this.#row.cold += 1
  }

  throttled(): void {
    this.#row.throttled += 1
  }

  refused(): void {
    this.#row.refused += 1
  }

  assigned(): void {
    this.#inFlight += 1
    const row = this.#row
    if (this.#inFlight > row.inFlight) row.inFlight = this.#inFlight
  }

  finished(): void {
    this.#inFlight -= 1
  }

  created(memoryMb: number): void {
    this.#sandboxes += 1
    this.#memoryMb += memoryMb
    const row = this.#row
    if (this.#sandboxes > row.sandboxes) row.sandboxes = this.#sandboxes
    if (this.#memoryMb > row.memoryMb) row.memoryMb = this.#memoryMb
  }

  stopped(memoryMb: number): void {
    this.#sandboxes -= 1
    this.#memoryMb -= memoryMb
  }

  /** The most at any instant so far. */
  get peaks(): { inFlight: number; sandboxes: number; memoryMb: number } {
    const most = (of: (row: Row) => number) =>
      this.#rows.reduce((all, row) => Math.max(all, of(row)), 0)
    return {
      inFlight: most(({ inFlight }) => inFlight),
      sandboxes: most(({ sandboxes }) => sandboxes),
      memoryMb: most(({ memoryMb }) => memoryMb),
    }
  }

  /** @param endUs a row that only begins then is left out, unless something arrived at that instant. */
  rowsUntil(endUs: number): TimelineRow[] {
    return this.#rows
      .map((row, index) => ({ fromMs: usToMs(index * this.#widthUs), ...row }))
      .filter(({ fromMs, arrived }) => fromMs === 0 || fromMs < usToMs(endUs) || arrived > 0)
  }

  #halve(): void {
    const merged: Row[] = []
    for (let index = 0; index < this.#rows.length; index += 2) {
      const row = this.#rows[index] as Row
      const next = this.#rows[index + 1]
      merged.push(next === undefined ? row : sum(row, next))
    }
    this.#rows = merged
    this.#row = merged.at(-1) as Row
    this.#widthUs *= 2
    this.#rowEndUs = merged.length * this.#widthUs
  }
}

function widthFor(durationUs: number): number {
  const leastUs = durationUs / MAX_ROWS
  const round = WIDTHS.find((widthUs) => widthUs >= leastUs)
  if (round !== undefined) return round
  let widthUs = WIDTHS.at(-1) as number
  while (widthUs < leastUs) widthUs *= 2
  return widthUs
}

const newRow = (inFlight: number, sandboxes: number, memoryMb: number): Row => ({
  arrived: 0,
  cold: 0,
  throttled: 0,
  refused: 0,
  inFlight,
  sandboxes,
  memoryMb,
})

const sum = (row: Row, next: Row): Row => ({
  arrived: row.arrived + next.arrived,
  cold: row.cold + next.cold,
  throttled: row.throttled + next.throttled,
  refused: row.refused + next.refused,
  inFlight: Math.max(row.inFlight, next.inFlight),
  sandboxes: Math.max(row.sandboxes, next.sandboxes),
  memoryMb: Math.max(row.memoryMb, next.memoryMb),
})
