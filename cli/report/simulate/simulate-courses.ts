import type { TimelineRow } from '../../../runtime/simulation/simulation-outcome.ts'
import type { PolicyResult } from '../../measure/results/simulate-result.ts'
import type { Colours } from '../colours.ts'
import { sparkline } from '../sparkline.ts'
import { timeText } from './time-text.ts'

const WIDTH = 60
const NAME_WIDTH = 11

interface Course {
  readonly name: string
  readonly value: (row: TimelineRow) => number
  readonly paint: 'blue' | 'yellow' | 'magenta'
}

const COURSES: readonly Course[] = [
  { name: 'in flight', value: ({ inFlight }) => inFlight, paint: 'blue' },
  { name: 'sandboxes', value: ({ sandboxes }) => sandboxes, paint: 'yellow' },
  { name: 'throttled', value: ({ throttled }) => throttled, paint: 'magenta' },
]

/** What changed over the simulated time under each policy; the largest value at the end. */
export function simulateCourses(policies: readonly PolicyResult[], paint: Colours): string {
  const shown = policies.filter(({ outcome }) => outcome.timeline.length > 1)
  if (shown.length === 0) return ''
  const labelWidth = Math.max(...shown.map(({ policy }) => policy.length)) + 2
  const lines = shown.flatMap(({ policy, outcome: { timeline } }) =>
    COURSES.flatMap(({ name, value, paint: colour }, index) => {
      const values = timeline.map(value)
      const most = Math.max(...values)
      if (most === 0 && index > 0) return []
      const label = (index === 0 ? policy : '').padEnd(labelWidth)
      const bars = paint[colour](sparkline(values, WIDTH))
      const end = paint.dim(`max ${most.toLocaleString('en-US')}`)
      return [`${paint.bold(label)}${paint.dim(name.padEnd(NAME_WIDTH))}${bars} ${end}`]
    }),
  )
  return [...lines, axisLine(shown, labelWidth + NAME_WIDTH, paint)].join('\n')
}

/** Where the bars begin and end, if they are of one length. */
function axisLine(policies: readonly PolicyResult[], indent: number, paint: Colours): string {
  const [first] = policies
  const end = timeText(first?.outcome.simulatedMs ?? 0)
  const width = Math.min(WIDTH, first?.outcome.timeline.length ?? WIDTH)
  const gap = Math.max(1, width - '0'.length - end.length)
  return paint.dim(`${' '.repeat(indent)}0${' '.repeat(gap)}${end}`)
}
