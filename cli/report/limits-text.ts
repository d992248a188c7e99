import type { Confinement } from '../../runtime/emulator.ts'
import { THREAD_LIMITS } from '../../runtime/host/isolation/findings.ts'
import type { Colours } from './colours.ts'
import { plainTable } from './plain-table.ts'

const TITLES: Readonly<Record<Confinement['mode'], string>> = {
  root: 'namespaces and control groups, made by root',
  user: 'namespaces of an ordinary user',
  plain: 'no namespaces: folders, process groups and watching',
}

/** What is enforced on this machine, concern by concern. */
export function limitsText({ mode, findings }: Confinement, paint: Colours): string {
  const marks = { strongest: paint.green('●'), weaker: paint.yellow('◐'), none: paint.red('○') }
  const table = plainTable(['', 'concern', 'what is enforced, and how'], 3, paint)
  for (const { concern, level, how, stronger } of findings) {
    const [first = '', ...more] = wrapped(how)
    table.push([marks[level], paint.bold(concern), first])
    for (const line of more) table.push(['', '', line])
    if (stronger === undefined) continue
    for (const line of wrapped(`stronger: ${stronger}`)) table.push(['', '', paint.dim(line)])
  }
  return [
    `Sandboxes that are processes: ${paint.bold(mode)} ${paint.dim(`(${TITLES[mode]})`)}`,
    '',
    table.toString().replaceAll(/ +$/gm, ''),
    '',
    paint.dim('● as strong as it gets   ◐ weaker   ○ not enforced'),
    paint.dim(THREAD_LIMITS[0]?.toUpperCase() + THREAD_LIMITS.slice(1)),
  ].join('\n')
}

/** So that the table has at most 100 columns. */
const MAX_WIDTH = 74

function wrapped(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > MAX_WIDTH) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
