/** An image: rows from the top, pixels from the left, each red, green, blue, and maybe alpha. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly channels: 3 | 4
  /** `width * height * channels` bytes. */
  readonly data: Uint8Array
}
