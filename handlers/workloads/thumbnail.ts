import { downscale } from './downscale.ts'
import { decodePng } from './png-decoder.ts'
import { encodePng } from './png-encoder.ts'
import { getObject, putObject } from './store.ts'

interface Event {
  /** The PNG to fetch. */
  readonly source?: string
  /** The name to store the thumbnail under. */
  readonly target?: string
  /** Pixels; the height follows. Default 160. */
  readonly width?: number
}

interface Thumbnail {
  readonly key: string
  readonly width: number
  readonly height: number
  readonly bytes: number
}

/** Fetches a PNG, makes it smaller and stores the small one. An image that is small enough stays. */
export async function handler({ source, target, width = 160 }: Event): Promise<Thumbnail> {
  if (!source || !target) throw new TypeError("The event must name a 'source' and a 'target'")
  if (!Number.isInteger(width) || width < 1)
    throw new TypeError("'width' must be a whole number, 1 or more")
  const image = decodePng(await getObject(source))
  const newWidth = Math.min(width, image.width)
  const newHeight = Math.max(1, Math.round((image.height * newWidth) / image.width))
  const png = encodePng(downscale(image, newWidth, newHeight))
  await putObject(target, png)
  return { key: target, width: newWidth, height: newHeight, bytes: png.length }
}
