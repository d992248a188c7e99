import { describe, expect, it } from 'vitest'
import { DARK, LIGHT, seriesColour, type ThemeColour } from '../../../../cli/report/html/theme.ts'

const SERIES = Array.from({ length: 8 }, (_, index) => seriesColour(index))

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
] as const)('the %s theme', (_name, theme) => {
  const pairs: (readonly [ThemeColour, ThemeColour])[] = [
    ...(['ink', 'muted', 'link', 'good', 'bad', 'note', ...SERIES] as const).flatMap((colour) => [
      [colour, 'page'] as const,
      [colour, 'panel'] as const,
    ]),
    ...(['good', 'bad', 'note'] as const).flatMap((name) => [
      [name, `${name}-ground`] as const,
      ['ink', `${name}-ground`] as const,
    ]),
    ...[...SERIES, 'good' as const, 'bad' as const].map((colour) => ['on', colour] as const),
  ]

  it.each(pairs)('lets %s be read on %s', (text, ground) => {
    expect(contrast(theme[text], theme[ground])).toBeGreaterThanOrEqual(4.5)
  })

  it('gives each of eight series a colour of its own', () => {
    expect(new Set(SERIES.map((colour) => theme[colour])).size).toBe(8)
  })
})

it('repeats the colours of series from the ninth on', () => {
  expect(seriesColour(8)).toBe(seriesColour(0))
})

/** As in WCAG 2. */
function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((one, two) => one - two)
  return (high + 0.05) / (low + 0.05)
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((start) => Number.parseInt(hex.slice(start, start + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
