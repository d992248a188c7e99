import { describe, expect, it } from 'vitest'
import { HOUSE_RULES } from './house-rules.ts'

interface Case {
  /** Files by path. Those of `fine` break nothing; each of `broken` by itself is complained of. */
  readonly fine: Readonly<Record<string, string>>
  readonly broken: readonly (readonly [path: string, text: string, complaint: string])[]
}

const lines = (count: number, line = 'f()'): string => Array(count).fill(line).join('\n')

/** For every rule what it lets pass and what it does not: a rule that sees nothing is no rule. */
const CASES: Readonly<Record<keyof typeof HOUSE_RULES, Case>> = {
  'a stage imports only what the import table allows': {
    fine: {
      'runtime/scheduler/a.ts':
        "import { b } from './b.ts'\nimport type { C } from '../kernel/c.ts'",
      'runtime/bootstrap/a.ts': "import { P } from '../runtime-api/protocol.ts'",
      'runtime/api/a.ts': "import type { Emulator } from '../emulator.ts'",
      'runtime/emulator.ts': "import { h } from './host/h.ts'",
      'cli/commands/a.ts': "await import('../../runtime/host/h.ts')",
      'handlers/a.ts': "import { json } from './lambda.ts'",
      'test/a.ts': "import '../runtime/host/h.ts'",
    },
    broken: [
      ['runtime/kernel/a.ts', "\nimport '../host/h.ts'", ':2: kernel may not import host'],
      [
        'runtime/invoke/a.ts',
        "import type { A } from '../api/a.ts'",
        ':1: invoke may not import api',
      ],
      ['runtime/invoke/a.ts', "type A = import('../api/a.ts').A", ':1: invoke may not import api'],
      ['runtime/invoke/a.ts', "await import('../api/a.ts')", ':1: invoke may not import api'],
      ['runtime/invoke/a.ts', "export * from '../api/a.ts'", ':1: invoke may not import api'],
      ['runtime/host/a.ts', "import '../emulator.ts'", ':1: host may not import emulator.ts'],
      [
        'runtime/api/a.ts',
        "import { x } from '../emulator.ts'",
        ':1: api may not import emulator.ts',
      ],
      ['runtime/api/a.ts', "import '../../cli/a.ts'", ':1: api may not import cli'],
      ['runtime/simulation/a.ts', "import '../host/h.ts'", ':1: simulation may not import host'],
      ['runtime/bootstrap/a.ts', "import '../kernel/k.ts'", ':1: bootstrap may not import kernel'],
      [
        'runtime/bootstrap/a.ts',
        "import '../runtime-api/b.ts'",
        ':1: bootstrap may not import runtime-api',
      ],
      ['runtime/emulator.ts', "import '../cli/a.ts'", ':1: the emulator may not import cli'],
      ['runtime/emulator.ts', "import './api/a.ts'", ':1: the emulator may not import api'],
      [
        'runtime/runtime-api/protocol.ts',
        "import '../kernel/k.ts'",
        ':1: the protocol also runs inside sandboxes: it imports nothing',
      ],
      ['runtime/new/a.ts', "import '../kernel/k.ts'", ":1: 'new' is not in the import table"],
      ['cli/a.ts', "import '../test/support/x.ts'", ':1: cli may not import test/support/x.ts'],
      [
        'handlers/a.ts',
        "import '../runtime/x.ts'",
        ':1: a sample handler imports nothing of Sandlot',
      ],
    ],
  },
  'no file imports itself, through whatever way': {
    fine: {
      'runtime/kernel/a.ts': "import './b.ts'\nimport './c.ts'",
      'runtime/kernel/b.ts': "import './c.ts'",
      'runtime/kernel/c.ts': '',
      'runtime/kernel/d.ts': "import type { E } from './e.ts'",
    },
    broken: [
      [
        'runtime/kernel/e.ts',
        "import type { D } from './d.ts'",
        'runtime/kernel/d.ts → runtime/kernel/e.ts → runtime/kernel/d.ts: a circle',
      ],
    ],
  },
  'only some import Node’s modules and packages': {
    fine: {
      'runtime/host/a.ts':
        "import 'node:fs'\nimport { execa } from 'execa'\nawait import('esbuild')",
      'runtime/emulator.ts': "import { pino } from 'pino'",
      'runtime/functions/a.ts': "import { z } from 'zod'",
      'cli/sandlot.mjs': "await import('tsx/esm/api')",
      'test/a.ts': "import { it } from 'vitest'",
    },
    broken: [
      ['runtime/scheduler/a.ts', "import 'node:fs'", ":1: may not import 'node:fs'"],
      ['runtime/kernel/a.ts', "import type { Z } from 'zod'", ":1: may not import 'zod'"],
      ['runtime/api/a.ts', "import 'pino'", ":1: may not import 'pino'"],
      ['runtime/simulation/a.ts', "import 'piscina'", ":1: may not import 'piscina'"],
      ['runtime/bootstrap/a.ts', "import 'execa'", ":1: may not import 'execa'"],
      ['cli/a.ts', "import '@scope/name/deep'", ":1: may not import '@scope/name/deep'"],
      ['runtime/host/a.ts', "import 'fs/promises'", ":1: write 'node:fs/promises'"],
    ],
  },
  'time and chance come in through ports': {
    fine: {
      'runtime/host/system-clock.ts': 'Date.now(); setTimeout(f, 1)',
      'runtime/bootstrap/a.ts': 'performance.now()',
      'runtime/kernel/a.ts': 'clock.setTimeout(f); new Date(0); const o = { setTimeout: 1 }; now()',
    },
    broken: [
      ['runtime/kernel/a.ts', 'Date.now()', ':1: Date.now is not a port'],
      ['runtime/kernel/a.ts', 'const now = Date.now', ':1: Date.now is not a port'],
      ['runtime/kernel/a.ts', 'new Date()', ':1: new Date() is not a port'],
      ['runtime/kernel/a.ts', 'performance.now()', ':1: performance.now is not a port'],
      ['runtime/host/a.ts', 'process.hrtime.bigint()', ':1: process.hrtime is not a port'],
      ['runtime/host/a.ts', 'setImmediate(f)', ':1: setImmediate is not a port'],
      ['runtime/host/a.ts', 'new Promise((r) => setTimeout(r, 1))', ':1: setTimeout is not a port'],
      ['runtime/host/a.ts', 'globalThis.setInterval(f, 1)', ':1: setInterval is not a port'],
      ['runtime/host/a.ts', 'f({ setTimeout })', ':1: setTimeout is not a port'],
      ['runtime/host/a.ts', 'AbortSignal.timeout(1)', ':1: AbortSignal.timeout is not a port'],
      ['runtime/host/a.ts', 'Math.random()', ':1: Math.random is not a port'],
      ['runtime/host/a.ts', 'crypto.randomUUID()', ':1: crypto.randomUUID is not a port'],
      [
        'runtime/host/a.ts',
        "import { randomBytes as r } from 'node:crypto'",
        ':1: randomBytes is not a port',
      ],
      [
        'runtime/host/a.ts',
        "import { setTimeout } from 'node:timers/promises'",
        ":1: 'node:timers/promises' is not a port",
      ],
    ],
  },
  'the core of the scheduler is synchronous': {
    fine: {
      'runtime/scheduler/scheduler-driver.ts': 'export async function f() { await g() }',
      'runtime/scheduler/sandbox-runner.ts': 'let p: Promise<void>',
      'runtime/host/a.ts': 'async () => {}',
    },
    broken: [
      [
        'runtime/scheduler/a.ts',
        'async function f() {}',
        ':1: the core of the scheduler waits for nothing',
      ],
      [
        'runtime/scheduler/a.ts',
        'let p: Promise<void>',
        ':1: the core of the scheduler waits for nothing',
      ],
      [
        'runtime/scheduler/a.ts',
        'Promise.resolve()',
        ':1: the core of the scheduler waits for nothing',
      ],
      ['runtime/scheduler/a.ts', 'await f()', ':1: the core of the scheduler waits for nothing'],
      [
        'runtime/scheduler/a.ts',
        "import type { Clock } from '../kernel/clock.ts'",
        ':1: the core of the scheduler has no clock',
      ],
    ],
  },
  'a policy is a pure function': {
    fine: {
      'runtime/scheduler/a-policy.ts':
        "import { invariant } from '../kernel/invariant.ts'\nconst A = 1\nexport function a() { let b = A }",
      'runtime/scheduler/b.ts': 'let state = 1',
    },
    broken: [
      ['runtime/scheduler/a-policy.ts', 'let a = 1', ':1: a policy has no variable of its own'],
      ['runtime/scheduler/a-policy.ts', 'export class A {}', ':1: a policy has no class'],
      ['runtime/scheduler/a-policy.ts', 'function f() { this.x }', ':1: a policy has no this'],
      ['runtime/async/a-policy.ts', 'const f = async () => {}', ':1: a policy waits for nothing'],
      [
        'runtime/scheduler/a-policy.ts',
        "import { SandboxTable } from './sandbox-table.ts'",
        ':1: a policy imports types, kernel and policies only',
      ],
    ],
  },
  'only the composition roots construct across stages': {
    fine: {
      'runtime/emulator.ts': "import { S } from './scheduler/s.ts'\nnew S()",
      'runtime/simulation/simulation.ts': "import { S } from '../scheduler/s.ts'\nnew S()",
      'runtime/scheduler/a.ts': "import { Q } from '../kernel/q.ts'\nnew Q(); new Map()",
    },
    broken: [
      [
        'runtime/invoke/a.ts',
        "import { S } from '../scheduler/s.ts'\nconst s = new S()",
        ':2: only a composition root constructs a S',
      ],
    ],
  },
  'every error is in the catalogue': {
    fine: {
      'runtime/kernel/errors.ts': 'export class SandlotError extends Error {}',
      'cli/exit-codes.ts': 'export class UsageError extends Error {}',
      'runtime/bootstrap/a.ts': "throw new Error('the function’s own')",
      'handlers/a.ts': "throw new Error('the function’s own')",
      'runtime/host/a.ts': "throw new SandlotError('Internal', 'x')",
    },
    broken: [
      ['runtime/host/a.ts', "throw new Error('x')", ':1: Error() is not in the catalogue'],
      ['runtime/host/a.ts', "reject(TypeError('x'))", ':1: TypeError() is not in the catalogue'],
      ['cli/a.ts', "const e = new RangeError('x')", ':1: RangeError() is not in the catalogue'],
      [
        'runtime/host/a.ts',
        'class HostError extends SandlotError {}',
        ':1: another class of errors: give SandlotError a code',
      ],
    ],
  },
  'every code of the catalogue is raised': {
    fine: {
      'runtime/host/a.ts': "new SandlotError(x ? 'A' : 'B', 'text')",
      'runtime/host/c.ts': "new SandlotError('C', 'text')",
    },
    broken: [
      [
        'runtime/kernel/errors.ts',
        'export const ERROR_CATALOGUE = {\n  A: entry({ D: 1 }),\n  B: 1,\n  C: 1,\n  E: 1,\n}',
        ':5: nobody raises E',
      ],
    ],
  },
  'a file has at most 400 lines': {
    fine: { 'cli/a.ts': `${lines(400)}\n` },
    broken: [['test/a.test.ts', lines(401), ':1: 401 lines; 400 are allowed']],
  },
  'a function has at most 70 lines': {
    fine: {
      'cli/a.ts': `function f() {\n${lines(68)}\n}`,
      'test/a.test.ts': `describe.each(KINDS)('what', () => {\n${lines(100)}\n})`,
    },
    broken: [
      [
        'cli/b.ts',
        `\nfunction f() {\n${lines(69)}\n}`,
        ':2: a function of 71 lines; 70 are allowed',
      ],
      [
        'cli/b.ts',
        `const f = () => {\n${lines(69)}\n}`,
        ':1: a function of 71 lines; 70 are allowed',
      ],
      [
        'cli/b.ts',
        `class A { f() {\n${lines(69)}\n} }`,
        ':1: a function of 71 lines; 70 are allowed',
      ],
      [
        'test/b.ts',
        `it('x', () => {\n${lines(69)}\n})`,
        ':1: a function of 71 lines; 70 are allowed',
      ],
    ],
  },
  'nothing is marked as unfinished': {
    fine: { 'cli/a.ts': '// todo lists are a fine example' },
    broken: [['cli/a.ts', `\n// FIX${'ME'}: later`, `:2: FIX${'ME'}`]],
  },
  'no test is skipped without a reason': {
    fine: { 'test/a.test.ts': "it('x', (context) => context.skip(isMac, 'needs Linux'))" },
    broken: [
      ['test/b.test.ts', "it.skip('x', f)", ':1: it.skip: use skipUnless'],
      ['test/b.test.ts', "describe.only('x', f)", ':1: describe.only: use skipUnless'],
      ['test/b.test.ts', "test.skipIf(isMac)('x', f)", ':1: test.skipIf: use skipUnless'],
      ['test/b.test.ts', "it.concurrent.only('x', f)", ':1: it.only: use skipUnless'],
    ],
  },
  'only the library’s index hands on exports': {
    fine: { 'runtime/index.ts': "export * from './emulator.ts'", 'cli/a.ts': 'export { a }' },
    broken: [
      [
        'runtime/host/index.ts',
        "export * from './a.ts'",
        ':1: only runtime/index.ts hands on exports',
      ],
      ['cli/a.ts', "export { a } from './b.ts'", ':1: only runtime/index.ts hands on exports'],
    ],
  },
}

describe.each(Object.entries(CASES))('the rule that %s', (sentence, { fine, broken }) => {
  const rule = HOUSE_RULES[sentence as keyof typeof HOUSE_RULES]
  const fineSources = Object.entries(fine).map(([path, text]) => ({ path, text }))

  it('lets pass what keeps it', () => {
    const catalogue = { path: 'runtime/kernel/errors.ts', text: '' }
    const isThere = fineSources.some(({ path }) => path === catalogue.path)
    expect(rule(isThere ? fineSources : [...fineSources, catalogue])).toEqual([])
  })

  it.each(broken)('sees it broken in %s by: %j', (path, text, complaint) => {
    const others = fineSources.filter((source) => source.path !== path)
    const expected = complaint.startsWith(':') ? path + complaint : complaint
    expect(rule([...others, { path, text }])).toContain(expected)
  })
})
