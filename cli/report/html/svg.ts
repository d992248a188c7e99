import { html, type Markup } from './escape.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** A tenth of a pixel is enough, and keeps the file small. */
export const px = (value: number): number => Math.round(value * 10) / 10

export function line(from: Point, to: Point, className: string): Markup {
  return html`<line class="${className}" x1="${px(from.x)}" y1="${px(from.y)}" x2="${px(to.x)}" y2="${px(to.y)}"/>`
}

export function rect(box: Box, className: string, tip?: string): Markup {
  const { left, top, right, bottom } = box
  return html`<rect class="${className}" x="${px(left)}" y="${px(top)}" width="${px(Math.max(0, right - left))}" height="${px(Math.max(0, bottom - top))}"${tipAttribute(tip)}/>`
}

/** @param data of d3's generators, or of our own hands. */
export const path = (data: string | null, className: string): Markup =>
  html`<path class="${className}" d="${data ?? ''}"/>`

export function circle({ x, y }: Point, radius: number, className: string, tip?: string): Markup {
  return html`<circle class="${className}" cx="${px(x)}" cy="${px(y)}" r="${radius}"${tipAttribute(tip)}/>`
}

export function text(
  { x, y }: Point,
  words: string,
  { anchor = 'start', className = '' }: { anchor?: 'start' | 'middle' | 'end'; className?: string },
): Markup {
  return html`<text class="${className}" x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${words}</text>`
}

/** Text shown while the pointer is over it; lines are kept. */
const tipAttribute = (tip: string | undefined): Markup | undefined =>
  tip === undefined ? undefined : html` data-tip="${tip}"`

/** An upper estimate, since nothing is laid out here: wide enough for the fonts of all systems. */
export const textWidth = (words: string, sizePx = 12): number => words.length * sizePx * 0.58

/** As much of it as fits, with its beginning and its end: both tell more than the middle. */
export function fitted(words: string, widthPx: number, sizePx = 12): string {
  const count = Math.max(3, Math.floor(widthPx / textWidth('x', sizePx)))
  if (words.length <= count) return words
  const head = Math.ceil((count - 1) / 2)
  return `${words.slice(0, head)}…${words.slice(words.length - (count - 1 - head))}`
}
