import { posix } from 'node:path'
import { type Node, parseSync, visitorKeys } from 'oxc-parser'
import type { Source } from './source.ts'

export interface Import {
  /** As it is written. */
  readonly specifier: string
  /** The file that a relative specifier leads to. */
  readonly target: string | undefined
  /** Nothing of it is left when it runs. */
  readonly isType: boolean
  /** Local names of values. */
  readonly values: readonly string[]
  readonly line: number
}

export interface Parsed extends Source {
  readonly imports: readonly Import[]
  readonly root: Node
  lineOf(node: Node): number
  /** `path:line: what`. */
  complaint(node: Node, what: string): string
}

const known = new WeakMap<Source, Parsed>()

export function parse(source: Source): Parsed {
  const parsed = known.get(source) ?? parseNew(source)
  known.set(source, parsed)
  return parsed
}

/** Visits a node and all below it, each with its ancestors, nearest first. */
export function* nodesOf(node: Node, ancestors: readonly Node[] = []): Iterable<Found> {
  yield { node, ancestors }
  const below = [node, ...ancestors]
  for (const key of visitorKeys[node.type] ?? []) {
    const child = (node as unknown as Record<string, Node | (Node | null)[] | null>)[key]
    for (const each of Array.isArray(child) ? child : [child]) {
      if (each !== null && each !== undefined) yield* nodesOf(each, below)
    }
  }
}

export interface Found {
  readonly node: Node
  readonly ancestors: readonly Node[]
}

/** The folder of `runtime/` that a file is in, or the file itself where it lies in none; elsewhere the top folder. */
export const stageOf = (path: string): string => {
  const [top = '', second = ''] = path.split('/')
  return top === 'runtime' ? second : top
}

function parseNew(source: Source): Parsed {
  const { program, errors } = parseSync(source.path, source.text)
  if (errors[0] !== undefined) throw new SyntaxError(`${source.path}: ${errors[0].message}`)
  const starts = [...source.text.matchAll(/^/gm)].map(({ index }) => index)
  const lineOf = ({ start }: Node): number => starts.findLastIndex((each) => each <= start) + 1
  return {
    ...source,
    root: program,
    imports: [...nodesOf(program)].flatMap(({ node }) => importOf(node, source.path, lineOf)),
    lineOf,
    complaint: (node, what) => `${source.path}:${lineOf(node)}: ${what}`,
  }
}

function importOf(node: Node, path: string, lineOf: (node: Node) => number): Import[] {
  const specifier = specifierOf(node)
  if (specifier === undefined) return []
  const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined
  const values = node.type === 'ImportDeclaration' ? valuesOf(node) : []
  const isBare = node.type === 'ImportDeclaration' && node.specifiers.length === 0
  const isType =
    node.type === 'TSImportType' ||
    (node.type === 'ExportNamedDeclaration' && node.exportKind === 'type') ||
    (node.type === 'ImportDeclaration' && values.length === 0 && !isBare)
  return [{ specifier, target, isType, values, line: lineOf(node) }]
}

function specifierOf(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'TSImportType':
      return node.source.value
    case 'ExportNamedDeclaration':
      return node.source?.value
    case 'ImportExpression':
      return node.source.type === 'Literal' ? String(node.source.value) : undefined
    default:
      return undefined
  }
}

const valuesOf = (node: Extract<Node, { type: 'ImportDeclaration' }>): string[] =>
  node.importKind === 'type'
    ? []
    : node.specifiers
        .filter((each) => each.type !== 'ImportSpecifier' || each.importKind !== 'type')
        .map((each) => each.local.name)
