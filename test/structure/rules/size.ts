import { type Found, nodesOf, parse } from '../parsed.ts'
import type { Rule } from '../source.ts'

const MAX_FILE_LINES = 400
const MAX_FUNCTION_LINES = 70

/** A file that a person can read in one go. */
export const shortFiles: Rule = (sources) =>
  sources.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n').length
    return lines > MAX_FILE_LINES
      ? [`${path}:1: ${lines} lines; ${MAX_FILE_LINES} are allowed`]
      : []
  })

/** A function that fits on a page. What groups tests may be longer: it is a list. */
export const shortFunctions: Rule = (sources) =>
  sources.map(parse).flatMap((file) =>
    [...nodesOf(file.root)].filter(isFunction).flatMap(({ node }) => {
      const lines = file.text.slice(node.start, node.end).split('\n').length
      if (lines <= MAX_FUNCTION_LINES) return []
      return [
        file.complaint(node, `a function of ${lines} lines; ${MAX_FUNCTION_LINES} are allowed`),
      ]
    }),
  )

function isFunction({ node, ancestors }: Found): boolean {
  if (!/Function(Expression|Declaration)$/.test(node.type)) return false
  const [parent] = ancestors
  if (parent?.type !== 'CallExpression') return true
  return ![...nodesOf(parent.callee)].some(
    ({ node: each }) => each.type === 'Identifier' && each.name === 'describe',
  )
}
