import type { OutcomeName } from '../results/load-result.ts'
import { type ReportLine, reportLine } from './report-line.ts'

/** What came back for a request. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Of errors only, and no more than its beginning. */
  readonly body: string
}

/** What a request has come to. */
export interface Classified {
  readonly outcome: OutcomeName
  readonly reason: string | null
  readonly report: ReportLine | undefined
  /** An invocation took place, whatever came of it: the platform has a REPORT of it. */
  readonly ran: boolean
}

/** Of the end of a URL only the status is known. */
export function classifyUrl({ status }: Pick<Answer, 'status'>): Classified {
  const nothing = { report: undefined, ran: false }
  if (status < 400) return { outcome: 'answered', reason: null, ...nothing }
  const outcome = status === 429 ? 'throttle' : 'http error'
  return { outcome, reason: `HTTP ${status}`, ...nothing }
}

/** An answer of Lambda's Invoke. AWS Lambda API reference, `Invoke`. */
export function classifyLambda({ status, headers, body }: Answer): Classified {
  if (status === 429) return refused('throttle', throttleReason(body))
  if (status !== 200) return refused('client error', refusalOf(status, headers))
  const report = reportLine(textOf(headers['x-amz-log-result']))
  const common = { report, ran: true }
  if (headers['x-amz-function-error'] === undefined) {
    const outcome = report === undefined ? 'answered' : report.isCold ? 'cold' : 'warm'
    return { outcome, reason: null, ...common }
  }
  return { ...functionError(report, body), ...common }
}

/** True where the body says what the outcome is. */
export const needsBody = ({ status, headers }: Omit<Answer, 'body'>): boolean =>
  status !== 200 || headers['x-amz-function-error'] !== undefined

const refused = (outcome: OutcomeName, reason: string): Classified => ({
  outcome,
  reason,
  report: undefined,
  ran: false,
})

/** The caller's part of a failure on the way: it has no answer. */
export function classifyFailure(error: Error & { readonly code?: string }): Classified {
  return refused('client error', FAILURES[error.code ?? ''] ?? error.code ?? error.message)
}

/** What the HTTP client's own codes mean; those of the system are known by name. */
const FAILURES: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: 'connection closed',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'no answer in time',
  UND_ERR_DESTROYED: 'no answer at the end',
}

function functionError(
  report: ReportLine | undefined,
  body: string,
): Pick<Classified, 'outcome' | 'reason'> {
  const { errorType, errorMessage } = parsed(body)
  // Before 2025 the payload had no type of its own for it.
  if (errorType === 'Sandbox.Timedout' || / Task timed out after /.test(errorMessage ?? '')) {
    return { outcome: 'timeout', reason: 'Sandbox.Timedout' }
  }
  // The payload of one that was killed for its memory says no more than that it has ended.
  if (report?.errorType === OUT_OF_MEMORY || errorType === OUT_OF_MEMORY) {
    return { outcome: 'out of memory', reason: OUT_OF_MEMORY }
  }
  return { outcome: 'function error', reason: errorType ?? 'unnamed' }
}

const OUT_OF_MEMORY = 'Runtime.OutOfMemory'

function throttleReason(body: string): string {
  const { Reason } = parsed(body)
  return Reason ?? 'HTTP 429'
}

function refusalOf(status: number, headers: Answer['headers']): string {
  // Services may add where the name comes from: `Name:http://…`.
  const [name = ''] = textOf(headers['x-amzn-errortype'])?.split(':') ?? []
  return name === '' ? `HTTP ${status}` : name
}

function parsed(body: string): Readonly<Record<string, string | undefined>> {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null) return {}
    const texts = Object.entries(value).filter(([, each]) => typeof each === 'string')
    return Object.fromEntries(texts) as Record<string, string>
  } catch {
    return {}
  }
}

const textOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value
