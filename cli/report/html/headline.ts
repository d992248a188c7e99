import { NOT_SUPPORTED } from '../format.ts'
import { html, type Markup } from './escape.ts'

export interface KeyFigure {
  readonly name: string
  readonly figure: string
  readonly unit?: string
  readonly more?: string | Markup
}

export const headline = (figures: readonly KeyFigure[]): Markup =>
  html`<dl class="headline">${figures.map(
    ({ name, figure, unit, more }) =>
      html`<div><dt>${name}</dt><dd><span class="figure">${figure}${unit !== undefined && figure !== NOT_SUPPORTED && html`<span class="unit">${unit}</span>`}</span><div class="more">${more}</div></dd></div>`,
  )}</dl>
`
