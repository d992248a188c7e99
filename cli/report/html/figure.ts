import { html, type Markup } from './escape.ts'

/**
 * A plot is drawn for two widths, and the page shows the one that fits: text keeps its size where a
 * drawing that shrinks would make it too small to read.
 */
export interface PlotSize {
  readonly width: number
  readonly isNarrow: boolean
}

const SIZES: readonly PlotSize[] = [
  { width: 840, isNarrow: false },
  { width: 340, isNarrow: true },
]

export interface Drawing {
  readonly height: number
  readonly content: Markup
}

export interface Figure {
  /** Unique on the page. */
  readonly id: string
  readonly title: string
  /** What there is to see, in one sentence. */
  readonly lead: string
  /** For those who can't see it. */
  readonly description: string
  /** Which line is what, where the labels in the plot are too short to say so. */
  readonly key?: Markup | undefined
  /** How many samples, and what was left out. */
  readonly note: string
  /** `null`: the samples do not support it. */
  readonly draw: ((size: PlotSize) => Drawing) | null
}

export function figure(plot: Figure): Markup {
  const { id, title, lead, key, note, draw } = plot
  const drawings =
    draw === null
      ? html`<p class="too-small">n too small</p>`
      : SIZES.map((size) => svg(plot, size, draw(size)))
  return html`<figure class="plot" id="${id}">
<h3>${title}</h3>
<p class="lead">${lead}</p>
${key}${drawings}
<figcaption>${note}</figcaption>
</figure>
`
}

function svg(
  { id, title, description }: Figure,
  { width, isNarrow }: PlotSize,
  { height, content }: Drawing,
): Markup {
  const name = `${id}-${isNarrow ? 'narrow' : 'wide'}`
  return html`<svg class="${isNarrow ? 'narrow' : 'wide'}" viewBox="0 0 ${width} ${Math.ceil(height)}" role="img" aria-labelledby="${name}-title ${name}-text"><title id="${name}-title">${title}</title><desc id="${name}-text">${description}</desc>${content}<line class="crosshair" visibility="hidden"/></svg>
`
}
