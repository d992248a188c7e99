import pc from 'picocolors'

interface LogRecord {
  readonly time: number
  readonly level: number
  readonly msg?: string
  readonly status?: number
  readonly err?: { readonly stack?: string }
}

const WARN = 40

/** A destination for the logger that writes short lines for people. */
export function logLineStream(): { write(line: string): void } {
  return {
    write: (line) => {
      const { time, level, msg = '', status, err } = JSON.parse(line) as LogRecord
      const clock = pc.dim(new Date(time).toISOString().slice(11, 23))
      const text = level >= WARN ? pc.red(err?.stack ?? msg) : msg
      process.stdout.write(
        `${clock}  ${status === undefined ? '' : `${coloured(status)} `}${text}\n`,
      )
    },
  }
}

function coloured(status: number): string {
  if (status < 300) return pc.green(status)
  return status < 500 ? pc.yellow(status) : pc.red(status)
}
