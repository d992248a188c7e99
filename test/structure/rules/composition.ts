import { nodesOf, parse, stageOf } from '../parsed.ts'
import type { Rule } from '../source.ts'

/** The two composition roots: the real machine and the simulated one. */
const ROOTS = ['runtime/emulator.ts', 'runtime/simulation/simulation.ts']
/** Values without a port: they only hold what they are given. */
const VALUES = ['InvocationLog']

/** Whoever needs something of another stage is given it: only the composition roots construct. */
export const twoCompositionRoots: Rule = (sources) =>
  sources
    .filter(({ path }) => path.startsWith('runtime/') && !ROOTS.includes(path))
    .map(parse)
    .flatMap((file) => {
      const foreign = new Set(
        file.imports
          .filter(({ target }) => target !== undefined && isForeign(file.path, target))
          .flatMap(({ values }) => values),
      )
      return [...nodesOf(file.root)].flatMap(({ node }) => {
        if (node.type !== 'NewExpression' || node.callee.type !== 'Identifier') return []
        const { name } = node.callee
        if (!foreign.has(name) || VALUES.includes(name)) return []
        return [file.complaint(node, `only a composition root constructs a ${name}`)]
      })
    })

/** The kernel and the protocol are tools, not stages. */
const isForeign = (path: string, target: string): boolean =>
  stageOf(path) !== stageOf(target) &&
  stageOf(target) !== 'kernel' &&
  target !== 'runtime/runtime-api/protocol.ts'
