import { describe, expect, it } from 'vitest'
import { markBundle } from '../../../../cli/measure/modules/bundle-marks.ts'
import { importsWithin } from '../../../../cli/measure/modules/bundle-sources.ts'
import { importsOf } from '../../../../cli/measure/modules/source-imports.ts'

describe('imports of a source', () => {
  it('are found however they are written, in their order', () => {
    const source = `
      import a from './a.ts'
      import './b.ts'; import { type C, c } from './c.ts'
      import {
        d,
      } from "d/deep"
      export { e } from './e.ts'
      export * as f from './f.ts'
      const g = require('g')
      const h = await import('./h.ts')
      import i, * as j from '@scope/i'
    `
    expect(importsOf(source)).toEqual([
      './a.ts',
      './b.ts',
      './c.ts',
      'd/deep',
      './e.ts',
      './f.ts',
      'g',
      './h.ts',
      '@scope/i',
    ])
  })

  it('are not types, computed ones, or what only looks like one', () => {
    const source = `
      import type { A } from './a.ts'
      export type { B } from './b.ts'
      const c = await import(name)
      export const d = 'from'; const text = 'import'
      export function from() { return './x.ts' }
      // import './e.ts'
    `
    expect(importsOf(source)).toEqual([])
  })
})

describe('imports within a bundle', () => {
  it('lead to its files as TypeScript lets them be named, to Node’s own and to packages', () => {
    const sources = new Map([
      [
        '/src/h.ts',
        "import './a.js'\nimport './b'\nimport './c'\nimport '../d.mjs'\nimport 'fs'\nimport 'p/x'\nimport './gone.ts'",
      ],
      ['/src/a.ts', ''],
      ['/src/b.tsx', ''],
      ['/src/c/index.ts', ''],
      ['/d.mts', ''],
    ])
    expect(importsWithin(sources).get('/src/h.ts')).toEqual([
      '/src/a.ts',
      '/src/b.tsx',
      '/src/c/index.ts',
      '/d.mts',
      'node:fs',
      'p',
    ])
  })
})

describe('marks in a bundle', () => {
  const marks = "globalThis[Symbol.for('sandlot.modules')]"

  it('stand before each file, on lines that are there already', () => {
    const text = 'var x;\n\n// src/a.ts\na()\n// no file\n\n// src/b.ts\nb()\n'
    const marked = markBundle(text, ['/w/src/a.ts', '/w/src/b.ts'], '/w')
    expect(marked.text).toBe(
      `var x;\n\n${marks}.enterFile("src/a.ts");// src/a.ts\na()\n// no file\n\n${marks}.enterFile("src/b.ts");// src/b.ts\nb()\n`,
    )
    expect(marked.files).toEqual({ 'src/a.ts': '/w/src/a.ts', 'src/b.ts': '/w/src/b.ts' })
  })

  it('are put around what runs files on demand, once', () => {
    const text = '\nvar __commonJS = (cb, mod) => 1\n// a.ts\n// b.ts\n'
    expect(markBundle(text, ['/a.ts', '/b.ts'], '/').text).toBe(
      `\nvar __commonJS = (cb, mod) => 1\n__commonJS = ${marks}.wrap(__commonJS);${marks}.enterFile("a.ts");// a.ts\n${marks}.enterFile("b.ts");// b.ts\n`,
    )
  })
})
