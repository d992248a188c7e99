/** AWS's GB is 1,024 MB; some textbooks take 1,000 and arrive at 2.4 % more. */
export const mbPerGb = (decimalGb: boolean): number => (decimalGb ? 1_000 : 1_024)

/** Memory times time, the unit that duration is sold in. */
export const gbSeconds = (sizeMb: number, timeMs: number, decimalGb: boolean): number =>
  (sizeMb * timeMs) / (mbPerGb(decimalGb) * 1_000)
