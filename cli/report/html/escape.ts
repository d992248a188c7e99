/** Text that is markup already: whatever it was made of has been escaped. */
export interface Markup {
  readonly markup: string
}

type Piece = Markup | string | number | readonly Piece[] | null | undefined | false

/**
 * Markup from a template. What is put into it is escaped, unless it is markup itself; lists are joined;
 * `null`, `undefined` and `false` leave nothing. Attributes must be quoted.
 */
export function html(template: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  const text = template.reduce((before, part, index) => before + markupOf(pieces[index - 1]) + part)
  return { markup: text }
}

/** For text of our own only: the style sheet and the script. */
export const trusted = (markup: string): Markup => ({ markup })

function markupOf(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return ''
  if (typeof piece === 'string') return escaped(piece)
  if (typeof piece === 'number') return String(piece)
  return 'markup' in piece ? piece.markup : piece.map(markupOf).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Control characters but tab and line ends are no part of HTML: they become the sign for the unknown. */
const escaped = (text: string): string =>
  text
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
    .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '\ufffd')
