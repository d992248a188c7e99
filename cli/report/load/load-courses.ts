import type { SecondRow } from '../../measure/results/load-result.ts'
import type { Colours } from '../colours.ts'
import { formatMs } from '../format.ts'
import { sparkline } from '../sparkline.ts'

const WIDTH = 64
const LABEL_WIDTH = 16

type Value = (row: SecondRow) => number | null

interface Course {
  readonly label: string
  readonly value: Value
  readonly paint: 'green' | 'yellow' | 'cyan' | 'magenta' | 'red' | 'blue'
  readonly isTime?: boolean
}

const COURSES: readonly Course[] = [
  { label: 'sent /s', value: ({ sent }) => sent, paint: 'green' },
  { label: 'in flight', value: ({ inFlight }) => inFlight, paint: 'blue' },
  { label: 'sandboxes busy', value: ({ sandboxes }) => sandboxes?.busy ?? null, paint: 'yellow' },
  { label: 'starting', value: ({ sandboxes }) => sandboxes?.starting ?? null, paint: 'cyan' },
  { label: 'cold /s', value: ({ cold }) => cold, paint: 'cyan' },
  { label: 'throttled /s', value: ({ throttled }) => throttled, paint: 'magenta' },
  { label: 'failed /s', value: ({ failed }) => failed, paint: 'red' },
  { label: 'p50 ms', value: ({ p50Ms }) => p50Ms, paint: 'yellow', isTime: true },
  { label: 'max ms', value: ({ maxMs }) => maxMs, paint: 'yellow', isTime: true },
]

/** What changed over time, one line each, from the first second to the last. */
export function loadCourses(rows: readonly SecondRow[], paint: Colours): string {
  if (rows.length < 2) return ''
  return [...courseLines(rows, WIDTH, paint), axisLine(rows.length, paint)].join('\n')
}

/** Where the bars begin and end. */
function axisLine(seconds: number, paint: Colours): string {
  const width = Math.min(WIDTH, seconds)
  const end = `${seconds.toLocaleString('en-US')} s`
  const gap = Math.max(1, width - '0'.length - end.length)
  return paint.dim(`${' '.repeat(LABEL_WIDTH)}0${' '.repeat(gap)}${end}`)
}

/** Those of which there is anything to see; the largest value at the end. */
export function courseLines(rows: readonly SecondRow[], width: number, paint: Colours): string[] {
  return COURSES.flatMap(({ label, value, paint: colour, isTime = false }) => {
    const values = rows.map(value)
    const most = Math.max(0, ...values.map((each) => each ?? 0))
    if (most === 0) return []
    const bars = paint[colour](sparkline(values, width))
    const end = isTime ? formatMs(most) : most.toLocaleString('en-US')
    return [`${paint.dim(label.padEnd(LABEL_WIDTH))}${bars} ${paint.dim(`max ${end}`)}`]
  })
}
