import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { messageOf } from '../../../../cli/exit-codes.ts'
import { readResult } from '../../../../cli/measure/results/read-result.ts'
import { sampleLoad } from '../../../support/sample-load.ts'
import { sampleBench } from '../../../support/sample-results.ts'

const folder = mkdtempSync(join(tmpdir(), 'sandlot-read-result-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'result.json')

const BENCH = sampleBench({ runs: 2, coldPerRun: 2, warmPerRun: 2 })
const LOAD = sampleLoad({ durationSeconds: 2 })

/** What the user sees of a file with this in it. */
function refusal(content: unknown): string {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return refusalOf(path)
}

function refusalOf(file: string): string {
  try {
    readResult(file)
  } catch (error) {
    return messageOf(error).replace('sandlot: ', '').replaceAll(file, 'FILE')
  }
  return 'read'
}

describe('reading a result', () => {
  it('gives back what was written', () => {
    for (const result of [BENCH, LOAD]) {
      expect(refusal(result)).toBe('read')
      expect(readResult(path)).toEqual(JSON.parse(JSON.stringify(result)))
    }
  })

  it('takes fields that it does not know', () => {
    expect(refusal({ ...BENCH, more: 1 })).toBe('read')
  })

  it('says why a file cannot be read', () => {
    expect(refusalOf(join(folder, 'none'))).toBe('FILE cannot be read: there is no such file')
    expect(refusalOf(folder)).toBe('FILE cannot be read: it is a folder')
    expect(refusal('not JSON')).toMatch(/^FILE is not JSON: Unexpected token/)
    expect(refusal('')).toMatch(/^FILE is not JSON: Unexpected end of JSON input/)
  })

  it('refuses what is no result of bench or load', () => {
    const unnamed = 'FILE is no result of Sandlot: it names no schema and schemaVersion'
    for (const content of ['[]', 'null', '7', '{}', { schema: 'sandlot-bench' }]) {
      expect(refusal(content)).toBe(unnamed)
    }
    expect(refusal({ schema: 'toString', schemaVersion: 1 })).toBe(
      "FILE is a result of neither bench nor load: its schema is 'toString'\n" +
        "         Results are written by 'sandlot bench --json FILE' and 'sandlot load --json FILE'.",
    )
  })

  it('refuses other versions of a format, older and newer', () => {
    expect(refusal({ ...BENCH, schemaVersion: 1 })).toBe(
      'FILE is of version 1 of its format, and version 2 is read here\n' +
        '         Measure again: it is too old.',
    )
    expect(refusal({ ...LOAD, schemaVersion: 2 })).toBe(
      'FILE is of version 2 of its format, and version 1 is read here\n' +
        '         Update Sandlot to the version that wrote it.',
    )
  })

  it('says where a result is damaged', () => {
    const hint = '\n         It is not as bench or load has written it.'
    expect(refusal({ ...BENCH, complete: 'yes' })).toBe(
      `FILE is damaged, at complete: Invalid input: expected boolean, received string${hint}`,
    )
    const [variant] = BENCH.variants
    const cold = { ...variant?.series.cold, runsMs: [[1], [-1]] }
    const series = { ...variant?.series, cold }
    expect(refusal({ ...BENCH, variants: [{ ...variant, series }] })).toBe(
      `FILE is damaged, at variants.0.series.cold.runsMs.1.0: Too small: expected number to be >=0${hint}`,
    )
    const responseMs = { ...LOAD.answered.responseMs, histogram: 'abc' }
    expect(refusal({ ...LOAD, answered: { ...LOAD.answered, responseMs } })).toBe(
      `FILE is damaged, at answered.responseMs.histogram: is no HdrHistogram, V2 and compressed${hint}`,
    )
  })
})
