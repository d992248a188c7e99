/** Chance as a port: the system's in production, a seeded one in simulation and tests. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** `byteCount` random bytes as lower-case hex (two characters per byte). */
  hex(byteCount: number): string
}

/** An RFC 9562 version 4 UUID made from `random`. */
export function uuid(random: Random): string {
  const hex = random.hex(16)
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`
}

/**
 * A deterministic generator (mulberry32): the same seed gives the same sequence on every
 * machine. Good enough for choosing an order or an arrival time; not for secrets.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const byte = (): string =>
    Math.floor(next() * 256)
      .toString(16)
      .padStart(2, '0')
  return { next, hex: (byteCount) => Array.from({ length: byteCount }, byte).join('') }
}
