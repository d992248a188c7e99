import type { Node } from 'oxc-parser'
import { nodesOf, parse } from '../parsed.ts'
import type { Rule } from '../source.ts'

const CATALOGUE = 'runtime/kernel/errors.ts'

/** Where plain errors are right: they are the function's own, or the protocol's, which imports nothing. */
const PLAIN = ['runtime/bootstrap/', 'runtime/runtime-api/protocol.ts', 'handlers/', 'test/']
/** The only classes of errors that are ours. */
const CLASSES = new Map([
  ['SandlotError', CATALOGUE],
  ['UsageError', 'cli/exit-codes.ts'],
])

/** Every error that we raise is in the catalogue, with its code. */
export const errorsAreCatalogued: Rule = (sources) =>
  sources
    .filter(({ path }) => !PLAIN.some((plain) => path.startsWith(plain)))
    .map(parse)
    .flatMap((file) =>
      [...nodesOf(file.root)].flatMap(({ node }) => {
        const name = constructedError(node)
        if (name !== undefined) return [file.complaint(node, `${name} is not in the catalogue`)]
        const isOwn = CLASSES.get(className(node) ?? '') === file.path
        return isErrorClass(node) && !isOwn
          ? [file.complaint(node, 'another class of errors: give SandlotError a code')]
          : []
      }),
    )

/** A code that nobody raises is a promise that nobody keeps. */
export const errorCodesAreRaised: Rule = (sources) => {
  const catalogue = sources.find(({ path }) => path === CATALOGUE)
  if (catalogue === undefined) return [`${CATALOGUE}: the catalogue is missing`]
  const file = parse(catalogue)
  const entries = [...nodesOf(file.root)].flatMap(({ node, ancestors }) =>
    node.type === 'Property' && isIn(ancestors, 'ERROR_CATALOGUE') ? [node] : [],
  )
  const raised = new Set(
    sources
      .filter(({ path }) => /^(runtime|cli)\//.test(path))
      .flatMap((source) => [...nodesOf(parse(source).root)].flatMap(({ node }) => raisedBy(node))),
  )
  return entries.flatMap(({ key }) =>
    key.type === 'Identifier' && !raised.has(key.name)
      ? [file.complaint(key, `nobody raises ${key.name}`)]
      : [],
  )
}

function constructedError(node: Node): string | undefined {
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return undefined
  const { callee } = node
  if (callee.type !== 'Identifier' || !callee.name.endsWith('Error')) return undefined
  const isBuiltIn = callee.name in globalThis
  return isBuiltIn ? `${callee.name}()` : undefined
}

const isErrorClass = (node: Node): boolean =>
  (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') &&
  node.superClass?.type === 'Identifier' &&
  node.superClass.name.endsWith('Error')

const className = (node: Node): string | undefined =>
  node.type === 'ClassDeclaration' ? node.id?.name : undefined

/** `new SandlotError(code, …)`; the code may be chosen there, as in `isThis ? 'A' : 'B'`. */
function raisedBy(node: Node): string[] {
  if (node.type !== 'NewExpression' || node.callee.type !== 'Identifier') return []
  const [code] = node.arguments
  if (node.callee.name !== 'SandlotError' || code === undefined) return []
  return [...nodesOf(code)].flatMap(({ node: each }) =>
    each.type === 'Literal' && typeof each.value === 'string' ? [each.value] : [],
  )
}

/** Directly in the object of that name, not in one of its entries. */
function isIn(ancestors: readonly Node[], name: string): boolean {
  const declarator = ancestors.find(({ type }) => type === 'VariableDeclarator')
  const objects = ancestors.filter(({ type }) => type === 'ObjectExpression')
  return (
    declarator?.type === 'VariableDeclarator' &&
    declarator.id.type === 'Identifier' &&
    declarator.id.name === name &&
    objects.length === 1
  )
}
