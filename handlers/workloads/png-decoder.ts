import { inflateSync } from 'node:zlib'
import type { Pixels } from './pixels.ts'
import { chunksOf } from './png-chunks.ts'
import { predicted } from './png-filters.ts'

type Header = Omit<Pixels, 'data'>

/** Reads a PNG of 8 bits a channel, red, green and blue with or without alpha, not interlaced. */
export function decodePng(png: Uint8Array): Pixels {
  let header: Header | undefined
  const parts: Uint8Array[] = []
  for (const { type, data } of chunksOf(png)) {
    if (type === 'IHDR') header = headerOf(data)
    if (type === 'IDAT') parts.push(data)
  }
  if (header === undefined) throw new Error('This PNG has no header')
  return { ...header, data: unfiltered(inflateSync(Buffer.concat(parts)), header) }
}

function headerOf(data: Uint8Array): Header {
  const bytes = Buffer.from(data)
  const [depth, colour, , , interlace] = bytes.subarray(8)
  const channels = colour === 2 ? 3 : colour === 6 ? 4 : undefined
  if (depth !== 8 || channels === undefined || interlace !== 0) {
    throw new Error('Only PNGs of 8 bits, RGB or RGBA, not interlaced, can be read')
  }
  return { width: bytes.readUInt32BE(0), height: bytes.readUInt32BE(4), channels }
}

/** Each row has its filter's number before it. */
function unfiltered(rows: Uint8Array, { width, height, channels }: Header): Uint8Array {
  const rowBytes = width * channels
  if (rows.length !== height * (rowBytes + 1))
    throw new Error('This PNG has too few or many pixels')
  const data = new Uint8Array(height * rowBytes)
  for (let y = 0; y < height; y += 1) {
    const from = y * (rowBytes + 1)
    const filter = rows[from] as number
    const to = y * rowBytes
    for (let x = 0; x < rowBytes; x += 1) {
      const left = x < channels ? 0 : (data[to + x - channels] as number)
      const up = y === 0 ? 0 : (data[to + x - rowBytes] as number)
      const upLeft = x < channels || y === 0 ? 0 : (data[to + x - rowBytes - channels] as number)
      // An array of bytes keeps the lowest eight bits.
      data[to + x] = (rows[from + 1 + x] as number) + predicted(filter, left, up, upLeft)
    }
  }
  return data
}
