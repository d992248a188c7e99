import { deflateSync } from 'node:zlib'
import type { Pixels } from './pixels.ts'
import { chunk, SIGNATURE } from './png-chunks.ts'
import { FILTERS, predicted } from './png-filters.ts'

/**
 * Writes a PNG.
 *
 * @param filterOf the filter of a row. Default: the one that leaves the smallest differences.
 */
export function encodePng(pixels: Pixels, filterOf?: (row: number) => number): Uint8Array {
  const { width, height, channels } = pixels
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  header[9] = channels === 3 ? 2 : 6
  const rows = Array.from({ length: height }, (_, y) =>
    filterOf === undefined ? smallestRow(pixels, y) : filteredRow(pixels, y, filterOf(y)),
  )
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', new Uint8Array()),
  ])
}

function smallestRow(pixels: Pixels, y: number): Uint8Array {
  const rows = Object.values(FILTERS).map((filter) => filteredRow(pixels, y, filter))
  const sizes = rows.map(sizeOf)
  return rows[sizes.indexOf(Math.min(...sizes))] as Uint8Array
}

/** Sum of the differences: what is near zero, from either side, compresses well. */
const sizeOf = (row: Uint8Array): number =>
  row.reduce((sum, byte, place) => (place === 0 ? 0 : sum + Math.min(byte, 256 - byte)), 0)

function filteredRow({ width, channels, data }: Pixels, y: number, filter: number): Uint8Array {
  const rowBytes = width * channels
  const row = new Uint8Array(rowBytes + 1)
  row[0] = filter
  const from = y * rowBytes
  for (let x = 0; x < rowBytes; x += 1) {
    const left = x < channels ? 0 : (data[from + x - channels] as number)
    const up = y === 0 ? 0 : (data[from + x - rowBytes] as number)
    const upLeft = x < channels || y === 0 ? 0 : (data[from + x - rowBytes - channels] as number)
    row[x + 1] = (data[from + x] as number) - predicted(filter, left, up, upLeft)
  }
  return row
}
