import { PHASE_NAMES, type Phase, type PhaseName } from '../../runtime/telemetry/phases.ts'
import type { Colours } from './colours.ts'
import { formatMs } from './format.ts'

const CELLS = 32
const MAX_WIDTH = 92
const INDENT = '  '

type Paint = (text: string) => string

/**
 * Where the time went, as a bar and its legend. Neighbours differ in their shade as well as in their
 * colour, so that it can be read without colours.
 */
export function phaseBar(phases: readonly Phase[], colours: Colours): string {
  const paints = paintsOf(colours)
  const totalUs = phases.reduce((sum, { durationUs }) => sum + durationUs, 0)
  const cells = shares(
    phases.map(({ durationUs }) => durationUs),
    CELLS,
  )
  const shown = phases.map(({ phase, durationUs }, index) => {
    const shade = SHADES[index % SHADES.length] as string
    const text = `${phase} ${formatMs(durationUs / 1_000)}`
    const isMain = durationUs * 10 >= totalUs
    return {
      bar: paints[phase](shade.repeat(cells[index] ?? 0)),
      width: text.length + 2,
      legend: `${paints[phase](shade)} ${isMain ? text : colours.dim(text)}`,
    }
  })
  const bar = `${INDENT}${shown.map((each) => each.bar).join('')}`
  return [bar, ...wrapped(shown)].join('\n')
}

const SHADES = ['█', '▒']

function paintsOf(colours: Colours): Record<PhaseName, Paint> {
  const { gray, blue, cyan, magenta, yellow, green } = colours
  const paints = [gray, blue, cyan, magenta, yellow, gray, green, gray]
  return Object.fromEntries(PHASE_NAMES.map((phase, index) => [phase, paints[index]])) as Record<
    PhaseName,
    Paint
  >
}

/** Splits `total` cells in proportion; rounding differences move on to the next part. */
function shares(parts: readonly number[], total: number): number[] {
  const sum = parts.reduce((before, part) => before + part, 0)
  let passed = 0
  let given = 0
  return parts.map((part) => {
    passed += part
    const upTo = sum === 0 ? 0 : Math.round((passed / sum) * total)
    const share = upTo - given
    given = upTo
    return share
  })
}

function wrapped(items: readonly { legend: string; width: number }[]): string[] {
  const lines: string[] = []
  let line = ''
  let lineWidth = 0
  for (const { legend, width } of items) {
    if (lineWidth > 0 && lineWidth + 2 + width > MAX_WIDTH) {
      lines.push(INDENT + line)
      line = ''
      lineWidth = 0
    }
    line += lineWidth === 0 ? legend : `  ${legend}`
    lineWidth += width + (lineWidth === 0 ? 0 : 2)
  }
  return [...lines, INDENT + line]
}
