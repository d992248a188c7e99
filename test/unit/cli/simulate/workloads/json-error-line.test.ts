import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonErrorLine } from '../../../../../cli/measure/simulate/workloads/json-error-line.ts'

it.each([
  ['', 1],
  ['{\n "a": 1,\n}', 3],
  ['{\n "a": 1\n "b": 2\n}', 3],
  ['{\n "a": [1,\n  2\n', 3],
  ['[\n1,\n,2]', 3],
  ['{\n"a"\n1}', 3],
  ['[1]\n\n[2]', 3],
  ['{\n"a": tru\n}', 2],
  ['{\n"a": 01\n}', 2],
  ['{\n"a": 1.\n}', 2],
  ["{\n'a': 1\n}", 2],
  ['{\n"a": "b\nc"}', 2],
  ['[\n1\n}', 3],
  ['{\n1: 2}', 2],
  ['{\n"a": 1, // why\n"b": 2}', 2],
])('%j stops being JSON in line %i', (text, line) => {
  expect(jsonErrorLine(text)).toBe(line)
})

it('a stray mark is found wherever it is', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }), fc.nat(), (json, seed) => {
      const text = JSON.stringify([JSON.parse(json), 1, 'end'], null, 1)
      const lines = text.split('\n')
      const at = seed % lines.length
      const broken = [...lines.slice(0, at), ';', ...lines.slice(at)].join('\n')
      expect(jsonErrorLine(broken)).toBe(at + 1)
    }),
  )
})
