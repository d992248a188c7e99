import { html, type Markup } from './escape.ts'

export interface LegendEntry {
  readonly colour: string
  readonly isDashed?: boolean
  readonly name: string
  /** As it is called within the plot, where that is another. */
  readonly label?: string
}

/** Which line is which. */
export const lineLegend = (entries: readonly LegendEntry[]): Markup =>
  html`<ul class="legend">${entries.map(
    ({ colour, isDashed, name, label }) =>
      html`<li class="${colour}"><svg viewBox="0 0 26 12" aria-hidden="true"><path class="curve${isDashed === true && ' dash'}" d="M1 6H25"/></svg>${label !== undefined && !name.startsWith(label) && html`<b>${label}</b> `}${name}</li>`,
  )}</ul>`

/** Which area is which. */
export const areaLegend = (entries: readonly LegendEntry[]): Markup =>
  html`<ul class="legend">${entries.map(
    ({ colour, name }) =>
      html`<li class="${colour}"><span class="swatch" aria-hidden="true"></span>${name}</li>`,
  )}</ul>`
