export interface CurvePoint {
  readonly memorySizeMb: number
  readonly ms: number
}

/** A curve that gets faster by less than this from end to end is flat; as a share. */
const FLAT = 0.05
/** A curve that bends by less than this is straight; as a share of its height. */
const STRAIGHT = 0.05

/**
 * The size from which on more memory stops paying off in time: the knee of the curve.
 *
 * Method, after Satopää et al., "Finding a 'Kneedle' in a Haystack" (2011), on logarithms, since what
 * matters is by how much a size is multiplied and a time divided: both axes are scaled to 0 … 1, and
 * the knee is the point that lies farthest below the chord from the first to the last. Where CPU is in
 * proportion to memory the curve is a straight line on these axes until the handler can use no more.
 * A time that rises again is noise here, for more memory takes nothing away: the curve is the least
 * time so far.
 *
 * Without a knee: a flat curve has it at its smallest size, one that falls straight on at its largest.
 *
 * @param points one or more, by size.
 */
export function kneeOf(points: readonly CurvePoint[]): number {
  const curve = fallingCurve(points)
  const first = curve[0] as CurvePoint
  const last = curve.at(-1) as CurvePoint
  if (first.ms <= last.ms * (1 + FLAT)) return first.memorySizeMb
  const below = curve.map((point) => ({ point, depth: depthBelowChord(point, first, last) }))
  const deepest = below.reduce((best, each) => (each.depth > best.depth ? each : best))
  return deepest.depth < STRAIGHT ? last.memorySizeMb : deepest.point.memorySizeMb
}

function fallingCurve(points: readonly CurvePoint[]): CurvePoint[] {
  let least = Number.POSITIVE_INFINITY
  return points.map(({ memorySizeMb, ms }) => {
    least = Math.min(least, ms)
    return { memorySizeMb, ms: least }
  })
}

/** 0 on the chord, up to 1 in the corner where a size is smallest and already as fast as the last. */
function depthBelowChord(point: CurvePoint, first: CurvePoint, last: CurvePoint): number {
  const across = part(first.memorySizeMb, point.memorySizeMb, last.memorySizeMb)
  const down = part(first.ms, point.ms, last.ms)
  return down - across
}

/** How much of the way from one value to another is behind, on a logarithmic scale. */
const part = (from: number, value: number, to: number): number =>
  Math.log(value / from) / Math.log(to / from)
