/** What a REPORT line says that a load test needs to know. */
export interface ReportLine {
  /** The invocation began with a cold start. */
  readonly isCold: boolean
  readonly billedMs: number | undefined
  readonly memorySizeMb: number | undefined
  /** Where the runtime or the platform failed. */
  readonly errorType: string | undefined
}

/** The line is shorter than this, base64, whatever it says. A multiple of 4, so that it decodes. */
const LINE_CHARACTERS = 800

/**
 * The REPORT line at the end of the `x-amz-log-result` header: base64 of the last 4 KB of the log.
 * Only its end is decoded. `undefined`: there is none, as with endpoints that do not know the header.
 */
export function reportLine(logResult: string | undefined): ReportLine | undefined {
  if (logResult === undefined) return undefined
  const end = Buffer.from(logResult.slice(-LINE_CHARACTERS), 'base64').toString('latin1')
  const start = end.lastIndexOf('REPORT RequestId:')
  if (start < 0) return undefined
  const line = end.slice(start)
  return {
    isCold: line.includes('\tInit Duration: '),
    billedMs: figureAfter(line, 'Billed Duration: '),
    memorySizeMb: figureAfter(line, 'Memory Size: '),
    errorType: /\tError Type: (\S+)/.exec(line)?.[1],
  }
}

function figureAfter(line: string, name: string): number | undefined {
  const at = line.indexOf(name)
  const figure = at < 0 ? Number.NaN : Number.parseInt(line.slice(at + name.length), 10)
  return Number.isNaN(figure) ? undefined : figure
}
