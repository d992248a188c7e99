const BARS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const
/** Fewer have no shape. */
const LEAST_SAMPLES = 20

/**
 * How times are spread, as bars from the least to the 99th of a hundred, each as many times wider than
 * the one before; empty with too few. What lies beyond is counted in the last bar.
 */
export function sparkline(samples: readonly number[], width: number): string {
  if (samples.length < LEAST_SAMPLES) return ''
  const ascending = [...samples].sort((a, b) => a - b)
  const low = logarithm(ascending[0] as number)
  const high = logarithm(ascending[Math.floor((ascending.length - 1) * 0.99)] as number)
  const counts = new Array<number>(width).fill(0)
  for (const sample of samples) {
    const share = high === low ? 0 : (logarithm(sample) - low) / (high - low)
    const cell = Math.min(width - 1, Math.floor(share * width))
    counts[cell] = (counts[cell] as number) + 1
  }
  const most = Math.max(...counts)
  return counts.map((count) => BARS[level(count, most)]).join('')
}

/** Nothing is faster than the clock's microsecond. */
const logarithm = (ms: number): number => Math.log(Math.max(ms, 0.001))

/** One sample can be seen. */
const level = (count: number, most: number): number =>
  count === 0 ? 0 : Math.max(1, Math.round((count / most) * (BARS.length - 1)))
