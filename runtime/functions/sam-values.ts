import { type Document, isAlias, isMap, isScalar, isSeq } from 'yaml'

/** A value that only CloudFormation could compute. */
export class Intrinsic {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/** Short forms of CloudFormation's functions: kept, so that whoever needs the value can refuse it. */
export const CLOUDFORMATION_TAGS = [
  'Ref',
  'Sub',
  'GetAtt',
  'Join',
  'Select',
  'Split',
  'FindInMap',
  'ImportValue',
  'If',
  'Equals',
  'And',
  'Or',
  'Not',
  'Condition',
  'Base64',
  'Cidr',
  'GetAZs',
  'Transform',
].flatMap((name) => [
  { tag: `!${name}`, resolve: (value: string) => new Intrinsic(`!${name} ${value}`) },
  { tag: `!${name}`, collection: 'seq' as const, resolve: () => new Intrinsic(`!${name}`) },
  { tag: `!${name}`, collection: 'map' as const, resolve: () => new Intrinsic(`!${name}`) },
])

/** What an alias (`*name`) stands for; any other node is itself. */
export const dereferenced = (node: unknown, document: Document): unknown =>
  isAlias(node) ? node.resolve(document) : node

/** YAML's nodes as plain values; what only CloudFormation could compute is an `Intrinsic`. */
export function plainValue(node: unknown, document: Document): unknown {
  const target = dereferenced(node, document)
  if (isScalar(target)) return target.value
  if (isSeq(target)) return target.items.map((item) => plainValue(item, document))
  if (!isMap(target)) return target
  const entries = target.items.map(
    ({ key, value }) => [String(plainValue(key, document)), plainValue(value, document)] as const,
  )
  const [[only = ''] = []] = entries
  const isLongForm = entries.length === 1 && (only === 'Ref' || only.startsWith('Fn::'))
  return isLongForm ? new Intrinsic(only) : Object.fromEntries(entries)
}
