import type { Curve } from './workload.ts'

/** A part of the time in which the rate changes steadily, if at all. */
interface Piece {
  readonly fromMs: number
  readonly lengthMs: number
  /** Requests a millisecond, at its beginning and its end. */
  readonly fromRate: number
  readonly toRate: number
  /** Requests that the rate adds up to within it. */
  readonly arrivals: number
}

/** What a rate adds up to, and when. */
export class RateCurve {
  readonly #pieces: readonly Piece[]
  /** Where the last question was answered: questions only ever go forward. */
  #index = 0
  #before = 0

  constructor(curve: Curve, durationMs: number) {
    this.#pieces = piecesOf(curve, durationMs)
  }

  /** Requests over the whole time; those of bursts apart. */
  get total(): number {
    return this.#pieces.reduce((sum, { arrivals }) => sum + arrivals, 0)
  }

  /** When the rate has added up to `sum`, which must not be less than the time before. */
  instantOf(sum: number): number {
    let piece = this.#pieces[this.#index]
    while (piece !== undefined && sum >= this.#before + piece.arrivals) {
      const next = this.#pieces[this.#index + 1]
      if (next === undefined) return piece.fromMs + piece.lengthMs
      this.#before += piece.arrivals
      this.#index += 1
      piece = next
    }
    return piece === undefined ? 0 : piece.fromMs + timeWithin(piece, sum - this.#before)
  }
}

function piecesOf(curve: Curve, durationMs: number): Piece[] {
  switch (curve.kind) {
    case 'ramp':
      return [piece(0, durationMs, curve.fromPerSecond, curve.toPerSecond)]
    case 'step': {
      const lengthMs = durationMs / curve.perSecond.length
      return curve.perSecond.map((rate, index) => piece(index * lengthMs, lengthMs, rate, rate))
    }
    default:
      return [piece(0, durationMs, curve.perSecond, curve.perSecond)]
  }
}

function piece(
  fromMs: number,
  lengthMs: number,
  fromPerSecond: number,
  toPerSecond: number,
): Piece {
  const [fromRate, toRate] = [fromPerSecond / 1_000, toPerSecond / 1_000]
  return { fromMs, lengthMs, fromRate, toRate, arrivals: ((fromRate + toRate) / 2) * lengthMs }
}

/** Solves fromRate·t + (toRate - fromRate)·t²/2·length = sum, in the form that also bears equal rates. */
function timeWithin({ lengthMs, fromRate, toRate }: Piece, sum: number): number {
  if (sum === 0) return 0
  const growth = (toRate - fromRate) / lengthMs
  return (2 * sum) / (fromRate + Math.sqrt(Math.max(0, fromRate ** 2 + 2 * growth * sum)))
}
