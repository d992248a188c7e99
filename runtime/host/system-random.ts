import { randomBytes } from 'node:crypto'
import type { Random } from '../kernel/random.ts'

/** Asking the kernel costs some microseconds each time, and an invocation needs three ids. */
const POOL_BYTES = 4_096

let pool = Buffer.alloc(0)
let used = 0

/** The system's source of chance. */
export const systemRandom: Random = {
  next: () => Math.random(),
  hex: (byteCount) => {
    if (used + byteCount > pool.length) {
      pool = randomBytes(Math.max(POOL_BYTES, byteCount))
      used = 0
    }
    used += byteCount
    return pool.toString('hex', used - byteCount, used)
  },
}
