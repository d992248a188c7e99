import type { Node } from 'oxc-parser'
import { type Found, nodesOf, parse } from '../parsed.ts'
import type { Rule } from '../source.ts'

/** The ports' own files; code inside sandboxes; the command line; the samples, which are users' code. */
const FREE = [
  'runtime/host/system-clock.ts',
  'runtime/host/system-random.ts',
  'runtime/bootstrap/',
  'cli/',
  'handlers/',
  'test/',
]

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate']
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  Date: ['now'],
  performance: ['now', 'timeOrigin'],
  process: ['hrtime', 'uptime'],
  Math: ['random'],
  AbortSignal: ['timeout'],
  crypto: ['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues'],
}
const IMPORTED = new Set([...(MEMBERS.crypto ?? []), ...TIMERS, 'performance', 'hrtime'])
const TIMER_MODULES = ['node:timers', 'node:timers/promises', 'node:perf_hooks']

/** Time and chance come in through `kernel/clock.ts` and `kernel/random.ts`, from nowhere else. */
export const timeAndChance: Rule = (sources) =>
  sources
    .filter(({ path }) => !FREE.some((free) => path.startsWith(free)))
    .map(parse)
    .flatMap((file) => {
      const modules = file.imports
        .filter(({ specifier }) => TIMER_MODULES.includes(specifier))
        .map(({ line, specifier }) => `${file.path}:${line}: '${specifier}' is not a port`)
      const uses = [...nodesOf(file.root)].flatMap((found) => {
        const what = useOf(found)
        return what === undefined ? [] : [file.complaint(found.node, `${what} is not a port`)]
      })
      return [...modules, ...uses]
    })

function useOf({ node, ancestors }: Found): string | undefined {
  switch (node.type) {
    case 'Identifier':
      return TIMERS.includes(node.name) && isReference(node, ancestors[0]) ? node.name : undefined
    case 'MemberExpression': {
      if (node.object.type !== 'Identifier' || node.property.type !== 'Identifier') return undefined
      const { name } = node.property
      const isBanned = MEMBERS[node.object.name]?.includes(name) ?? false
      return isBanned ? `${node.object.name}.${name}` : undefined
    }
    case 'ImportSpecifier': {
      const { imported } = node
      const name = imported.type === 'Identifier' ? imported.name : imported.value
      return IMPORTED.has(name) ? name : undefined
    }
    case 'NewExpression':
      return isDate(node.callee) && node.arguments.length === 0 ? 'new Date()' : undefined
    case 'CallExpression':
      return isDate(node.callee) ? 'Date()' : undefined
    default:
      return undefined
  }
}

const isDate = (node: Node): boolean => node.type === 'Identifier' && node.name === 'Date'

/** Not the name of a property, as in `clock.setTimeout` or `{ setTimeout: … }`, nor of an import. */
function isReference(node: Node, parent: Node | undefined): boolean {
  if (parent === undefined) return true
  if (parent.type === 'MemberExpression') {
    const ofGlobal = parent.object.type === 'Identifier' && parent.object.name === 'globalThis'
    return parent.object === node || parent.computed || ofGlobal
  }
  if (parent.type === 'ImportSpecifier') return false
  return !('key' in parent && parent.key === node && !('shorthand' in parent && parent.shorthand))
}
