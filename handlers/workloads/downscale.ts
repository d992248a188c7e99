import type { Pixels } from './pixels.ts'

/**
 * Makes an image smaller: each new pixel is the average of those that it covers, by the area that it
 * covers of each; colours count as much as they are opaque.
 */
export function downscale(source: Pixels, width: number, height: number): Pixels {
  const { channels } = source
  const columns = shares(source.width, width)
  const rows = shares(source.height, height)
  const data = new Uint8Array(width * height * channels)
  rows.forEach((row, y) => {
    columns.forEach((column, x) => {
      data.set(average(source, row, column), (y * width + x) * channels)
    })
  })
  return { width, height, channels, data }
}

/** A pixel that is covered, and how much of it. */
interface Share {
  readonly at: number
  readonly weight: number
}

/** For each of `to` pixels in a line, those that it covers of `from`. */
function shares(from: number, to: number): Share[][] {
  const scale = from / to
  return Array.from({ length: to }, (_, index) => {
    const [start, end] = [index * scale, (index + 1) * scale]
    const covered: Share[] = []
    for (let at = Math.floor(start); at < Math.min(from, Math.ceil(end)); at += 1) {
      const weight = Math.min(end, at + 1) - Math.max(start, at)
      if (weight > 1e-9) covered.push({ at, weight })
    }
    return covered
  })
}

function average(source: Pixels, rows: readonly Share[], columns: readonly Share[]): number[] {
  const { channels, width, data } = source
  let [red, green, blue, opaque, area] = [0, 0, 0, 0, 0]
  for (const row of rows) {
    for (const column of columns) {
      const at = (row.at * width + column.at) * channels
      const weight = row.weight * column.weight
      const opacity = channels === 4 ? weight * ((data[at + 3] as number) / 255) : weight
      red += (data[at] as number) * opacity
      green += (data[at + 1] as number) * opacity
      blue += (data[at + 2] as number) * opacity
      opaque += opacity
      area += weight
    }
  }
  const colour = [red, green, blue].map((sum) => Math.round(opaque === 0 ? 0 : sum / opaque))
  return channels === 4 ? [...colour, Math.round((opaque / area) * 255)] : colour
}
