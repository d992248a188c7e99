import { html, type Markup } from './escape.ts'
import { type Box, px } from './svg.ts'

export interface Hit {
  /** Where it begins and ends along its direction, and where the line under the pointer stands. */
  readonly from: number
  readonly to: number
  readonly at: number
  readonly tip: string
}

/** Invisible columns over a plot: what there is to say at each place along x. */
export const columns = (hits: readonly Hit[], { top, bottom }: Box): Markup =>
  html`<g>${hits.map(
    ({ from, to, at, tip }) =>
      html`<rect class="hit" x="${px(from)}" y="${px(top)}" width="${px(to - from)}" height="${px(bottom - top)}" data-x1="${px(at)}" data-x2="${px(at)}" data-y1="${px(top)}" data-y2="${px(bottom)}" data-tip="${tip}"/>`,
  )}</g>`

/** Invisible rows over a plot: what there is to say at each place along y. */
export const rows = (hits: readonly Hit[], { left, right }: Box): Markup =>
  html`<g>${hits.map(
    ({ from, to, at, tip }) =>
      html`<rect class="hit" x="${px(left)}" y="${px(from)}" width="${px(right - left)}" height="${px(to - from)}" data-x1="${px(left)}" data-x2="${px(right)}" data-y1="${px(at)}" data-y2="${px(at)}" data-tip="${tip}"/>`,
  )}</g>`
