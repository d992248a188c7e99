import { isBuiltin } from 'node:module'
import { parse } from '../parsed.ts'
import type { Rule } from '../source.ts'

/**
 * Who may import what comes from outside, types included: `stage` or a file. Packages that are not
 * here may be imported by nobody. Tests may import everything.
 */
const USERS: Readonly<Record<string, readonly string[]>> = {
  node: [
    'runtime/host/',
    'runtime/api/',
    'runtime/runtime-api/',
    'runtime/bootstrap/',
    'runtime/emulator.ts',
    // Network clients only.
    'runtime/sources/',
    'cli/',
    'handlers/',
  ],
  execa: ['runtime/host/', 'cli/measure/'],
  piscina: ['runtime/host/'],
  esbuild: ['runtime/host/'],
  pino: ['runtime/emulator.ts', 'cli/'],
  // The edges: where what somebody else has written comes in.
  zod: [
    'runtime/emulator-options.ts',
    'runtime/functions/',
    'runtime/api/',
    'runtime/sources/',
    'runtime/simulation/',
    'cli/',
  ],
  yaml: ['runtime/functions/'],
  'prom-client': ['runtime/api/'],
  commander: ['cli/'],
  'cli-table3': ['cli/'],
  picocolors: ['cli/'],
  tsx: ['cli/sandlot.mjs'],
  undici: ['cli/measure/load/'],
  aws4fetch: ['cli/measure/load/'],
  'hdr-histogram-js': ['cli/measure/statistics/'],
  'd3-scale': ['cli/report/html/'],
  'd3-shape': ['cli/report/html/'],
}

export const packages: Rule = (sources) =>
  sources
    .filter(({ path }) => !path.startsWith('test/'))
    .map(parse)
    .flatMap(({ path, imports }) =>
      imports.flatMap(({ specifier, line }) => {
        if (specifier.startsWith('.')) return []
        const name = isBuiltin(specifier) ? 'node' : packageOf(specifier)
        // One way of writing it, so that nobody has to look twice.
        if (name === 'node' && !specifier.startsWith('node:')) {
          return [`${path}:${line}: write 'node:${specifier}'`]
        }
        const isUser = USERS[name]?.some((user) => path.startsWith(user)) ?? false
        return isUser ? [] : [`${path}:${line}: may not import '${specifier}'`]
      }),
    )

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
