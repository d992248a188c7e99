import { html, type Markup } from './escape.ts'

export type Cell = string | number | Markup | null

export interface Column {
  readonly name: string | Markup
  /** Figures stand right-aligned. */
  readonly isText?: boolean
  readonly isMain?: boolean
  readonly wraps?: boolean
}

export interface Row {
  /** `undefined`: the head of the row before stands for this one too. */
  readonly head?: Cell
  readonly headRows?: number
  readonly cells: readonly Cell[]
  /** Begins a group: a stronger line above it. */
  readonly isFirst?: boolean
}

/** The first column names the rows. Tables that are too wide scroll by themselves, the page does not. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly Row[],
  note?: string,
): Markup {
  const [first, ...others] = columns
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr><th scope="col">${first?.name}</th>${others.map(
    (column) => html`<th scope="col" class="${classOf(column)}">${column.name}</th>`,
  )}</tr></thead>
<tbody>${rows.map(
    ({ head, headRows = 1, cells, isFirst }) =>
      html`
<tr${isFirst === true && html` class="first"`}>${head !== undefined && html`<th scope="row"${headRows > 1 && html` rowspan="${headRows}"`}${first?.wraps === true && html` class="wraps"`}>${head}</th>`}${cells.map(
        (cell, index) => html`<td class="${classOf(others[index])}">${cell}</td>`,
      )}</tr>`,
  )}
</tbody></table></div>
${note !== undefined && html`<p class="footnote">${note}</p>`}`
}

function classOf(column: Column | undefined): string {
  const { isText, isMain, wraps } = column ?? {}
  return [isText === true ? 'text' : 'number', isMain === true && 'main', wraps === true && 'wraps']
    .filter((each) => each !== false)
    .join(' ')
}

/** Names and what is known of them. */
export const factsTable = (facts: readonly (readonly [string, Cell])[]): Markup =>
  html`<dl class="facts-table">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
