/**
 * The line, from 1, in which a text stops being JSON: `JSON.parse` of Node 20 does not tell. For a
 * text that ends too early it is the last line.
 */
export function jsonErrorLine(text: string): number {
  const end = errorOffset(text)
  return text.slice(0, end).trimEnd().split('\n').length
}

/** What may come next, within the objects and lists that are open. */
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end'

const TOKEN =
  /\s*(?:([[\]{},:])|("(?:[^"\\\p{Cc}]|\\.)*")|(-?[\d.][\w.+-]*|true\b|false\b|null\b))/uy
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** Just behind the token that must not be there. */
function errorOffset(text: string): number {
  const open: ('[' | '{')[] = []
  let expected: Expected = 'value'
  TOKEN.lastIndex = 0
  for (;;) {
    const from = TOKEN.lastIndex
    const [, mark, string, literal] = TOKEN.exec(text) ?? []
    if (mark === undefined && string === undefined && literal === undefined) {
      return text.slice(from).trim() === '' ? text.length : firstInk(text, from)
    }
    const next = followed(expected, mark ?? (string === undefined ? 'literal' : 'string'), open)
    const isNumber = literal === undefined || !/^[-\d.]/.test(literal) || NUMBER.test(literal)
    if (next === undefined || !isNumber) return TOKEN.lastIndex
    expected = next
  }
}

/** Just behind the first character that is not blank. */
const firstInk = (text: string, from: number): number => from + text.slice(from).search(/\S/) + 1

/** What is expected after a token; `undefined` when it must not be there. */
function followed(expected: Expected, token: string, open: ('[' | '{')[]): Expected | undefined {
  const isValue = expected === 'value' || expected === 'value or ]'
  const isKey = expected === 'key' || expected === 'key or }'
  const inside = open.at(-1)
  switch (token) {
    case '{':
    case '[':
      if (!isValue) return undefined
      open.push(token)
      return token === '{' ? 'key or }' : 'value or ]'
    case '}':
    case ']': {
      const canBeEmpty = token === '}' ? expected === 'key or }' : expected === 'value or ]'
      const isOpen = inside === (token === '}' ? '{' : '[')
      if (!isOpen || !(canBeEmpty || expected === ', or end')) return undefined
      open.pop()
      return ', or end'
    }
    case ':':
      return expected === ':' ? 'value' : undefined
    case ',':
      if (expected !== ', or end' || inside === undefined) return undefined
      return inside === '{' ? 'key' : 'value'
    case 'string':
      if (isKey) return ':'
      return isValue ? ', or end' : undefined
    default:
      return isValue ? ', or end' : undefined
  }
}
