import type { Node } from 'oxc-parser'
import { nodesOf, type Parsed, parse, stageOf } from '../parsed.ts'
import type { Rule } from '../source.ts'

/** The files of `scheduler/` that carry out what the core has decided. */
const DRIVERS = [
  'runtime/scheduler/scheduler-driver.ts',
  'runtime/scheduler/sandbox-runner.ts',
  'runtime/scheduler/pool-waiters.ts',
]

/** The core of the scheduler takes events and a time, and gives actions: it waits for nothing. */
export const synchronousCore: Rule = (sources) =>
  sources
    .filter(({ path }) => stageOf(path) === 'scheduler' && !DRIVERS.includes(path))
    .map(parse)
    .flatMap((file) => [
      ...waits(file, 'the core of the scheduler'),
      ...file.imports
        .filter(({ target }) => target === 'runtime/kernel/clock.ts')
        .map(({ line }) => `${file.path}:${line}: the core of the scheduler has no clock`),
    ])

/** A decision is a function of what it is given: `*-policy.ts` keeps no state and reaches for nothing. */
export const purePolicies: Rule = (sources) =>
  sources
    .filter(({ path }) => path.endsWith('-policy.ts') && path.startsWith('runtime/'))
    .map(parse)
    .flatMap((file) => [
      ...waits(file, 'a policy'),
      ...[...nodesOf(file.root)].flatMap(({ node, ancestors }) => {
        const what = stateIn(node, ancestors[0])
        return what === undefined ? [] : [file.complaint(node, `a policy has no ${what}`)]
      }),
      ...file.imports
        .filter(({ isType, target }) => !isType && !isPure(target))
        .map(
          ({ line }) => `${file.path}:${line}: a policy imports types, kernel and policies only`,
        ),
    ])

const isPure = (target: string | undefined): boolean =>
  target !== undefined && (stageOf(target) === 'kernel' || target.endsWith('-policy.ts'))

function waits(file: Parsed, who: string): string[] {
  return [...nodesOf(file.root)].flatMap(({ node }) => {
    const isAsync = 'async' in node && node.async === true
    const isPromise = node.type === 'Identifier' && node.name === 'Promise'
    if (!isAsync && !isPromise && node.type !== 'AwaitExpression') return []
    return [file.complaint(node, `${who} waits for nothing`)]
  })
}

function stateIn(node: Node, parent: Node | undefined): string | undefined {
  if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') return 'class'
  if (node.type === 'ThisExpression') return 'this'
  const isTop = parent?.type === 'Program' || parent?.type === 'ExportNamedDeclaration'
  const isVariable = node.type === 'VariableDeclaration' && node.kind !== 'const'
  return isTop && isVariable ? 'variable of its own' : undefined
}
