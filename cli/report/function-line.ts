const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

export type LogLevel = (typeof LEVELS)[number]

export interface FunctionLine {
  readonly level: LogLevel
  /** Without time, request id and level where the line has them. */
  readonly text: string
  /** The error that the line tells of, as its stack trace and its further fields. */
  readonly error: ErrorText | undefined
}

export interface ErrorText {
  /** What happened: `Invoke Error`, `Uncaught Exception`. */
  readonly title: string
  /** Type and message, which may have several lines. */
  readonly message: string
  /** `at … (file:line:column)`, one each; without those of Sandlot's bootstrap. */
  readonly frames: readonly string[]
  /** Further fields of the error, JSON; empty where it has none. */
  readonly fields: string
}

/** `<time> TAB <request id> TAB <level> TAB <text>`, as Lambda's Node runtime writes what the console prints. */
const RECORD = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[^\t]*\t(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\t([\s\S]*)$/

const ERROR = /^([A-Z][A-Za-z ]*?) ?\t(\{[\s\S]*\})$/

/** Takes a line of a function's log apart, for people and for the level it has. */
export function functionLine(line: string): FunctionLine {
  const [, name, text = line] = RECORD.exec(line) ?? []
  const level = LEVELS.find((each) => each === name?.toLowerCase()) ?? 'info'
  return { level, text, error: level === 'error' ? errorText(text) : undefined }
}

function errorText(text: string): ErrorText | undefined {
  const [, title, json = ''] = ERROR.exec(text) ?? []
  if (title === undefined) return undefined
  const fields = objectFrom(json)
  const { errorType, errorMessage, stack, ...others } = fields
  if (!Array.isArray(stack)) return undefined
  const lines = stack.map(String)
  const firstFrame = lines.findIndex((each) => /^\s+at /.test(each))
  const end = firstFrame === -1 ? lines.length : firstFrame
  return {
    title,
    message: lines.slice(0, end).join('\n') || `${errorType}: ${errorMessage}`,
    frames: lines.slice(end).filter((each) => !BOOTSTRAP_FRAME.test(each)),
    fields: Object.keys(others).length === 0 ? '' : JSON.stringify(others),
  }
}

/** Of no use to the author of a handler. */
const BOOTSTRAP_FRAME = /[/\\](bootstrap-[0-9a-f]+|runtime[/\\]bootstrap)[/\\]/

function objectFrom(json: string): Record<string, unknown> {
  try {
    return JSON.parse(json) as Record<string, unknown>
  } catch {
    return {}
  }
}
