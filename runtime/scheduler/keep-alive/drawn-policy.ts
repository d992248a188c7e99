/** Between which times a lifetime is drawn, both included. Microseconds. */
export interface LifetimeBounds {
  readonly leastUs: number
  readonly mostUs: number
}

/**
 * The lifetime that a draw stands for: every whole microsecond from the least to the most is as likely.
 *
 * @param draw in [0, 1).
 */
export const lifetimeUs = ({ leastUs, mostUs }: LifetimeBounds, draw: number): number =>
  leastUs + Math.floor(draw * (mostUs - leastUs + 1))
