import { randomBytes } from 'node:crypto'
import type { Random } from '../kernel/random.ts'

/** The system's source of chance. */
export const systemRandom: Random = {
  next: () => Math.random(),
  hex: (byteCount) => randomBytes(byteCount).toString('hex'),
}
