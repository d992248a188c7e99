import fc from 'fast-check'
import { expect, it } from 'vitest'
import { linesOf } from '../../../../../cli/measure/simulate/workloads/lines.ts'
import { fileWriter, refusalOf } from '../files.ts'

const write = fileWriter()

const textsOf = (path: string): string[] =>
  Array.from(linesOf(path), ({ bytes }) => bytes.toString('utf8'))

it('lines are those that there are, without empty ones and the ends of any system', () => {
  const lines = fc.array(fc.stringMatching(/^[a-zé€,]{0,12}$/))
  fc.assert(
    fc.property(lines, fc.constantFrom('\n', '\r\n'), fc.boolean(), (all, end, isEnded) => {
      const path = write('lines.csv', all.join(end) + (isEnded ? end : ''))
      expect(textsOf(path)).toEqual(all.filter((line) => line !== ''))
    }),
    { numRuns: 50 },
  )
})

it('lines are numbered with the empty ones, and the last one tells whether it has an end', () => {
  const seen = Array.from(linesOf(write('lines.csv', 'a\n\nb')), ({ number, isEnded }) => [
    number,
    isEnded,
  ])
  expect(seen).toEqual([
    [1, true],
    [3, false],
  ])
})

it('lines that go over the end of what is read at once are whole', () => {
  const lines = Array.from({ length: 40 }, (_, index) => `${index}`.repeat(70_000))
  expect(textsOf(write('long.csv', lines.join('\n')))).toEqual(lines)
})

it('a line without end is not read to its end', () => {
  const path = write('endless.csv', `first\n${'x'.repeat(6_000_000)}`)
  expect(refusalOf(() => [...linesOf(path)])).toBe(
    'endless.csv:2: is longer than 4 MB: this is no CSV file',
  )
})
