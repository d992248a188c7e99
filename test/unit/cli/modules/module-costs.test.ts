import { describe, expect, it } from 'vitest'
import { moduleCosts } from '../../../../cli/measure/modules/module-costs.ts'
import type {
  InstrumentedStart,
  ModuleRecord,
} from '../../../../cli/measure/modules/start-script.ts'

const record = (id: string, selfMs: number, more: Partial<ModuleRecord> = {}): ModuleRecord => ({
  id,
  selfMs,
  compileMs: 0,
  kind: 'module',
  within: null,
  ...more,
})

const start = (
  records: readonly ModuleRecord[],
  imports: InstrumentedStart['imports'] = [],
): InstrumentedStart => ({ records, imports, initCodeMs: null })

const costs = (starts: readonly InstrumentedStart[], ownImports?: Map<string, string[]>) =>
  moduleCosts({ starts, modulePath: '/code/index.mjs', rootDir: '/code', ownImports })

describe('module costs', () => {
  it('name packages and own files, the slowest without its imports first', () => {
    const records = [
      record('/code/node_modules/@a/b/deep/x.js', 5),
      record('/code/node_modules/@a/b/y.js', 4, { compileMs: 3 }),
      record('/code/node_modules/.store/c@1/node_modules/c/index.js', 2),
      record('/code/lib/own.mjs', 8),
      record('/code/index.mjs', 1),
    ]
    const imports: InstrumentedStart['imports'] = [
      ['/code/index.mjs', '/code/node_modules/@a/b/y.js'],
      ['/code/index.mjs', '/code/lib/own.mjs'],
      ['/code/node_modules/@a/b/y.js', '/code/node_modules/@a/b/deep/x.js'],
      ['/code/lib/own.mjs', '/code/node_modules/.store/c@1/node_modules/c/index.js'],
    ]
    expect(costs([start(records, imports)])).toEqual([
      { name: '@a/b', selfMs: 12, totalMs: 12 },
      { name: 'lib/own.mjs', selfMs: 8, totalMs: 10 },
      { name: 'c', selfMs: 2, totalMs: 2 },
      { name: 'index.mjs', selfMs: 1, totalMs: 23 },
    ])
  })

  it('count a module for whoever imported it first, and circles once', () => {
    const records = ['a', 'b', 'c'].map((name) => record(`/code/${name}.mjs`, 10))
    const imports: InstrumentedStart['imports'] = [
      ['/code/index.mjs', '/code/a.mjs'],
      ['/code/index.mjs', '/code/b.mjs'],
      ['/code/a.mjs', '/code/c.mjs'],
      ['/code/b.mjs', '/code/c.mjs'],
      ['/code/c.mjs', '/code/a.mjs'],
    ]
    const totals = new Map(
      costs([start([...records, record('/code/index.mjs', 1)], imports)]).map((each) => [
        each.name,
        each.totalMs,
      ]),
    )
    expect(Object.fromEntries(totals)).toEqual({
      'a.mjs': 20,
      'b.mjs': 10,
      'c.mjs': 10,
      'index.mjs': 31,
    })
  })

  it('believe of CommonJS what was running when it began', () => {
    const records = [
      record('/code/node_modules/a/i.js', 1, { kind: 'commonjs' }),
      record('/code/node_modules/b/i.js', 2, {
        kind: 'commonjs',
        within: '/code/node_modules/a/i.js',
      }),
    ]
    const imports: InstrumentedStart['imports'] = [
      ['/code/index.mjs', '/code/node_modules/b/i.js'],
      ['/code/index.mjs', '/code/node_modules/a/i.js'],
    ]
    expect(costs([start(records, imports)])).toEqual([
      { name: 'b', selfMs: 2, totalMs: 2 },
      { name: 'a', selfMs: 1, totalMs: 3 },
      { name: 'index.mjs', selfMs: 0, totalMs: 3 },
    ])
  })

  it('do not name a bundle, but the files and packages in and under it', () => {
    const records = [
      record('/code/index.mjs', 50),
      record('/src/h.ts', 1),
      record('/src/lib.ts', 2),
      record('/src/node_modules/p/i.js', 4),
    ]
    const imports: InstrumentedStart['imports'] = [['/code/index.mjs', '/src/node_modules/p/i.js']]
    const own = new Map([
      ['/code/index.mjs', ['/src/h.ts']],
      ['/src/h.ts', ['/src/lib.ts']],
      ['/src/lib.ts', ['p']],
    ])
    const found = moduleCosts({
      starts: [start(records, imports)],
      modulePath: '/code/index.mjs',
      rootDir: '/src',
      ownImports: own,
    })
    expect(found).toEqual([
      { name: 'p', selfMs: 4, totalMs: 4 },
      { name: 'lib.ts', selfMs: 2, totalMs: 6 },
      { name: 'h.ts', selfMs: 1, totalMs: 7 },
    ])
  })

  it('name those of Node’s own that are not there anyway, also through a bundle', () => {
    const records = [
      record('/src/h.ts', 1),
      record('/src/lib.ts', 1),
      record('node:http', 7),
      record('node:fs', 0.09),
    ]
    const imports: InstrumentedStart['imports'] = [
      ['/code/index.mjs', 'node:http'],
      ['/code/index.mjs', 'node:fs'],
    ]
    const own = new Map([
      ['/code/index.mjs', ['/src/h.ts']],
      ['/src/h.ts', ['/src/lib.ts']],
      ['/src/lib.ts', ['node:http']],
    ])
    const found = moduleCosts({
      starts: [start(records, imports)],
      modulePath: '/code/index.mjs',
      rootDir: '/src',
      ownImports: own,
    })
    expect(found).toEqual([
      { name: 'node:http', selfMs: 7, totalMs: 7 },
      { name: 'h.ts', selfMs: 1, totalMs: 9 },
      { name: 'lib.ts', selfMs: 1, totalMs: 8 },
    ])
  })

  it('are medians over the starts, and at most ten', () => {
    const starts = [3, 1, 2].map((ms) => start([record('/code/a.mjs', ms)]))
    expect(costs(starts)).toEqual([
      { name: 'a.mjs', selfMs: 2, totalMs: 2 },
      { name: 'index.mjs', selfMs: 0, totalMs: 2 },
    ])
    const many = Array.from({ length: 11 }, (_, index) => record(`/code/${index}.mjs`, index))
    expect(costs([start(many)])).toHaveLength(10)
  })
})
