import type { Node } from 'oxc-parser'
import { nodesOf, parse } from '../parsed.ts'
import type { Rule } from '../source.ts'

/** Spelt so that this file itself does not hold them. */
const UNFINISHED = /\b(FIX[M]E|TO[D]O|XX[X]|HA[C]K)\b/

/** Work that is not done stands in an issue, not in the code. */
export const nothingUnfinished: Rule = (sources) =>
  sources.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const word = UNFINISHED.exec(line)?.[0]
      return word === undefined ? [] : [`${path}:${index + 1}: ${word}`]
    }),
  )

/** `context.skip(condition, reason)` and `skipUnless` say why; these do not, and `only` hides the rest. */
const BANNED = ['only', 'skip', 'skipIf', 'runIf', 'todo', 'fails']

/** A test that is not run says why. */
export const noSilentSkips: Rule = (sources) =>
  sources
    .filter(({ path }) => path.startsWith('test/'))
    .map(parse)
    .flatMap((file) =>
      [...nodesOf(file.root)].flatMap(({ node }) => {
        const what = modifierOf(node)
        return what === undefined ? [] : [file.complaint(node, `${what}: use skipUnless`)]
      }),
    )

function modifierOf(node: Node): string | undefined {
  if (node.type !== 'MemberExpression' || node.property.type !== 'Identifier') return undefined
  const { name } = node.property
  const api = [...nodesOf(node.object)].find(
    ({ node: each }) => each.type === 'Identifier' && /^(it|test|describe)$/.test(each.name),
  )?.node
  return BANNED.includes(name) && api?.type === 'Identifier' ? `${api.name}.${name}` : undefined
}

/** What a file offers is in that file: only the library's front door hands on. */
export const noBarrels: Rule = (sources) =>
  sources
    .filter(({ path }) => path !== 'runtime/index.ts')
    .map(parse)
    .flatMap((file) =>
      [...nodesOf(file.root)].flatMap(({ node }) => {
        const handsOn =
          node.type === 'ExportAllDeclaration' ||
          (node.type === 'ExportNamedDeclaration' && node.source !== null)
        return handsOn ? [file.complaint(node, 'only runtime/index.ts hands on exports')] : []
      }),
    )
