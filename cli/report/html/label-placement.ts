import { html, type Markup } from './escape.ts'
import { type Box, type Point, px, textWidth } from './svg.ts'
import type { SeriesColour } from './theme.ts'

export interface Label {
  readonly text: string
  readonly colour: SeriesColour
  /** Where it may stand, best first: points of the line that it names. */
  readonly candidates: readonly Point[]
}

const HEIGHT = 18

/**
 * Labels that stand on their lines and not on one another. One without a free place is left out: the
 * legend has it.
 */
export function placedLabels(labels: readonly Label[], box: Box): Markup {
  const taken: Box[] = []
  const badges = labels.flatMap(({ text, colour, candidates }) => {
    const places = candidates.map((point) => around(point, text, box))
    const place = places.find((each) => taken.every((other) => !overlaps(each, other)))
    if (place === undefined) return []
    taken.push(place)
    return [badge(text, colour, place)]
  })
  return html`<g>${badges}</g>`
}

/** Moved inward where it would stick out. */
function around({ x, y }: Point, text: string, box: Box): Box {
  const width = Math.max(HEIGHT, textWidth(text, 11.5) + 14)
  const left = Math.min(Math.max(x - width / 2, box.left), box.right - width)
  const top = Math.min(Math.max(y - HEIGHT / 2, box.top), box.bottom - HEIGHT)
  return { left, top, right: left + width, bottom: top + HEIGHT }
}

const overlaps = (a: Box, b: Box): boolean =>
  a.left < b.right + 3 && b.left < a.right + 3 && a.top < b.bottom + 2 && b.top < a.bottom + 2

function badge(text: string, colour: SeriesColour, { left, top, right }: Box): Markup {
  return html`<g class="badge ${colour}"><rect x="${px(left)}" y="${px(top)}" width="${px(right - left)}" height="${HEIGHT}" rx="${HEIGHT / 2}"/><text x="${px((left + right) / 2)}" y="${px(top + 13)}" text-anchor="middle">${text}</text></g>`
}
