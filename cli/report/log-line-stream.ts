import type { FunctionVersion } from '../../runtime/functions/function-version.ts'
import { type Colours, colours } from './colours.ts'
import { formatMs } from './format.ts'
import { functionLine } from './function-line.ts'
import type { InitRecord, LogRecord, RequestRecord } from './log-record.ts'

/** Names as the start screen has them, which are shorter. */
export interface Names {
  readonly shortNames: ReadonlyMap<string, string>
  readonly width: number
}

const MAX_NAME_WIDTH = 24
const ID_WIDTH = 8
const GAP = '  '

/** A destination for the logger that writes short lines for people. */
export function logLineStream(functions: readonly FunctionVersion[]): {
  write(line: string): void
} {
  const names = namesOf(functions)
  return {
    write: (line) => {
      const text = logText(JSON.parse(line) as LogRecord, names, colours.stdout)
      process.stdout.write(`${text}\n`)
    },
  }
}

export function namesOf(functions: readonly FunctionVersion[]): Names {
  const pairs = functions.map(
    ({ config }) => [config.name, config.logicalId ?? config.name] as const,
  )
  const widest = Math.max(0, ...pairs.map(([, shortName]) => shortName.length))
  return { shortNames: new Map(pairs), width: Math.min(widest, MAX_NAME_WIDTH) }
}

/** When, of which function, of which invocation, and what; further lines of a text below its first. */
export function logText(record: LogRecord, names: Names, paint: Colours): string {
  const name = 'function' in record ? record.function : undefined
  const requestId = 'requestId' in record ? record.requestId : undefined
  const shortName = name === undefined ? '' : (names.shortNames.get(name) ?? name)
  const clock = clockTime(record.time)
  const start = [
    paint.dim(clock),
    paint.cyan(shortName.slice(0, names.width).padEnd(names.width)),
    paint.dim((name === undefined ? '' : (requestId ?? '')).slice(0, ID_WIDTH).padEnd(ID_WIDTH)),
  ].join(GAP)
  const indent = ' '.repeat(clock.length + names.width + ID_WIDTH + 2 * GAP.length)
  return textOf(record, paint)
    .map((line, index) => `${index === 0 ? start : indent}${GAP}${line}`)
    .join('\n')
}

function textOf(record: LogRecord, paint: Colours): string[] {
  switch (record.type) {
    case 'request':
      return requestText(record, paint)
    case 'function':
      return functionText(record.msg ?? '', paint)
    case 'init':
      return [initText(record, paint)]
    default:
      return [record.level >= 40 ? paint.yellow(record.msg ?? '') : (record.msg ?? '')]
  }
}

function requestText(record: RequestRecord, paint: Colours): string[] {
  const { method, path, delivered, error, hint } = record
  const status = delivered ? statusText(record, paint) : paint.yellow('–––')
  const what = `${method} ${path}`
  const facts = [
    status,
    ...(record.totalMs === undefined
      ? [what]
      : [figures(record, record.totalMs, paint), paint.dim(what)]),
    ...(delivered ? [] : [paint.yellow('the client left before the answer')]),
  ].join(GAP)
  if (error === undefined || !delivered) return [facts]
  const colour = record.status >= 500 ? paint.red : paint.yellow
  const [first = '', ...rest] = error.split('\n')
  const below = [...rest, ...(hint === undefined ? [] : [hint])].map((line) => paint.dim(line))
  return [`${facts}${GAP}${colour(first)}`, ...below]
}

/** A function error is one, whatever the status of its answer. */
function statusText({ status, errorType }: RequestRecord, paint: Colours): string {
  if (status >= 500 || errorType !== undefined) return paint.red(status)
  return status < 300 ? paint.green(status) : paint.yellow(status)
}

function figures(record: RequestRecord, totalMs: number, paint: Colours): string {
  const { coldStart, errorType, initDurationMs, durationMs, memorySizeMb, maxMemoryUsedMb } = record
  const memory = maxMemoryUsedMb === undefined ? '' : `${maxMemoryUsedMb} of `
  const start = coldStart ? paint.cyan('cold') : paint.yellow('warm')
  const parts = [
    `${start} ${paint.bold(`${formatMs(totalMs)} ms`)}`,
    ...(errorType === undefined ? [] : [paint.red(errorType)]),
    ...(initDurationMs === undefined ? [] : [`init ${formatMs(initDurationMs)}`]),
    `duration ${formatMs(durationMs)}`,
    `${memory}${memorySizeMb} MB`,
  ]
  return parts.join(paint.dim(' · '))
}

function functionText(line: string, paint: Colours): string[] {
  const { level, text, error } = functionLine(line)
  if (error !== undefined) {
    const { title, message, frames, fields } = error
    return [
      ...`${title}: ${message}`.split('\n').map((each) => paint.red(each)),
      ...[...frames, ...(fields === '' ? [] : [fields])].map((each) => paint.dim(each)),
    ]
  }
  const colour = LEVEL_COLOURS[level]
  // A carriage return alone would hide what is before it.
  return text.split(/\r\n|\n|\r/).map((each) => (colour === undefined ? each : paint[colour](each)))
}

const LEVEL_COLOURS: Readonly<Partial<Record<string, 'dim' | 'yellow' | 'red'>>> = {
  trace: 'dim',
  debug: 'dim',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
}

function initText({ status, errorType, durationMs }: InitRecord, paint: Colours): string {
  const why = errorType ?? status
  return `${paint.red('init failed')} after ${formatMs(durationMs)} ms: ${paint.red(why)}`
}

/** This machine's time: `23:17:17.610`. */
function clockTime(ms: number): string {
  const date = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const seconds = `${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
  return `${two(date.getHours())}:${two(date.getMinutes())}:${seconds}`
}
