import { deflateSync } from 'node:zlib'
import { seededRandom } from '../../../runtime/kernel/random.ts'

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
const NOISE = 24

/**
 * A picture that is no easier to compress than a photograph: colours that run from corner to corner,
 * with noise on them. RGB, 8 bits, each row as differences to the pixel before.
 */
export function seedPng(width: number, height: number, seed: number): Buffer {
  const random = seededRandom(seed)
  const noise = (): number => Math.round((random.next() - 0.5) * NOISE)
  const rows = Buffer.alloc(height * (1 + width * 3))
  for (let y = 0; y < height; y += 1) {
    const row = y * (1 + width * 3)
    rows[row] = 1
    let before = [0, 0, 0]
    for (let x = 0; x < width; x += 1) {
      const [right, down] = [x / width, y / height]
      const colour = [right, down, (2 - right - down) / 2].map((share) =>
        clamped(share * 255 + noise()),
      )
      colour.forEach((value, channel) => {
        rows[row + 1 + x * 3 + channel] = (value - (before[channel] as number)) & 0xff
      })
      before = colour
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND')]
  return Buffer.concat([SIGNATURE, ...parts])
}

const clamped = (value: number): number => Math.min(255, Math.max(0, Math.round(value)))

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.alloc(12 + data.length)
  bytes.writeUInt32BE(data.length, 0)
  bytes.write(type, 4, 'latin1')
  bytes.set(data, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length)
  return bytes
}

/** zlib has one only from Node 22 on. */
function crc32(data: Buffer): number {
  let crc = 0xffffffff
  for (const byte of data) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
