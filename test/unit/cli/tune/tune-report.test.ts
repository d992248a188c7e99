import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import { type ChartPoint, tuneChart } from '../../../../cli/report/tune/tune-chart.ts'
import { tuneReport } from '../../../../cli/report/tune/tune-report.ts'
import { sampleTune } from '../../../support/sample-results.ts'

const noColours = pc.createColors(false)

const chart = (...points: [number, number, number][]): string[] =>
  tuneChart(
    points.map(([memorySizeMb, ms, usd]) => ({ memorySizeMb, ms, usd })),
    noColours,
  ).split('\n')

/** Rows with this mark, from the top, with its column. */
const marksIn = (rows: readonly string[], mark: string): [number, number][] =>
  rows.flatMap((row, index) =>
    [...row.matchAll(new RegExp(mark, 'g'))].map(
      (match) => [index, match.index] as [number, number],
    ),
  )

describe('the chart of a sweep', () => {
  const rows = chart([128, 800, 1], [1_024, 200, 4], [8_192, 0.1, 2]).slice(1)

  it('has time and cost at their heights, each on an axis of its own with round figures', () => {
    expect(rows[0]).toMatch(/^ +800 ┤●.*├ \$4$/)
    expect(rows[6]).toMatch(/^ +400 ┤.*○│?├ \$2$/)
    expect(rows[12]).toMatch(/^ +0 ┤.*●├ \$0$/)
    expect(marksIn(rows, '●').map(([row]) => row)).toEqual([0, 9, 12])
    expect(marksIn(rows, '○').map(([row]) => row)).toEqual([0, 6, 9])
  })

  it('has memory on a logarithmic scale, and names the sizes below their points', () => {
    const [, middle] = marksIn(rows, '●').map(([, column]) => column)
    const [, , right] = marksIn(rows, '●').map(([, column]) => column)
    const left = rows[0]?.indexOf('●') ?? 0
    expect(((middle ?? 0) - left) / ((right ?? 0) - left)).toBeCloseTo(0.5, 1)
    expect(rows.at(-1)?.trim()).toMatch(/^128 +1024 +8192 MB$/)
  })

  it('names no size where it would run into another', () => {
    const labels = chart([128, 1, 1], [129, 1, 1], [10_240, 1, 1]).at(-1)
    expect(labels?.trim()).toMatch(/^128 +10240 MB$/)
  })

  it('is at most 100 columns wide, whatever the figures', () => {
    const points = fc
      .uniqueArray(fc.integer({ min: 128, max: 10_240 }), { minLength: 2, maxLength: 50 })
      .chain((sizes) =>
        fc.tuple(
          ...[...sizes]
            .sort((a, b) => a - b)
            .map((memorySizeMb) =>
              fc.record<ChartPoint>({
                memorySizeMb: fc.constant(memorySizeMb),
                ms: fc.double({ min: 0.001, max: 900_000, noNaN: true }),
                usd: fc.double({ min: 0.2, max: 150_000, noNaN: true }),
              }),
            ),
        ),
      )
    fc.assert(
      fc.property(points, (all) => {
        const lines = tuneChart(all, noColours).split('\n')
        expect(lines).toHaveLength(16)
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(100)
      }),
      { numRuns: 30 },
    )
  })

  it('needs two points', () => {
    expect(chart([128, 1, 1])).toEqual([''])
  })
})

describe('the report of a sweep', () => {
  const recommended = { strategy: 'balanced', costWeight: 0.5, memorySizeMb: 512 } as const
  const result = { ...sampleTune(), recommended }
  const text = tuneReport(result, noColours)

  it('has a row for each size, with what stands out marked', () => {
    expect(text).toMatch(/\n +512 +178 +171 … 185 +178 +262 +96 +\$1\.68 +\$1\.39 +cheapest\n/)
    expect(text).toMatch(/\n3,008 .* fastest\n/)
    expect(text).toMatch(/\n512 MB is recommended: balanced, cost weighing 50 %\n/)
  })

  it('says that arm64 was reckoned and not measured', () => {
    expect(text).toContain('measured here, on x64; arm64 itself was not measured')
  })

  it('has failures and warnings at its end', () => {
    const warned = tuneReport({ ...result, warnings: ['the machine was busy'] }, noColours)
    expect(warned).toMatch(
      /\n\nthe machine was busy\n128 MB: 1 failed with Runtime\.OutOfMemory, in no figure$/,
    )
  })

  it('is the same in colour, and fits 100 columns below its heading', () => {
    const coloured = stripVTControlCharacters(tuneReport(result, pc.createColors(true)))
    // The table's heading is padded behind its colour.
    expect(coloured.replaceAll(/ +$/gm, '')).toBe(text)
    for (const line of text.split('\n').slice(3)) expect(line.length).toBeLessThanOrEqual(100)
  })
})
