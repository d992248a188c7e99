import type { LogWriter } from './log-writer.ts'

type StreamName = 'stdout' | 'stderr'

/**
 * Sends what is written to `process.stdout` and `process.stderr` as log events, line by line, so
 * that it keeps its place between the records of the console. What child processes and native code
 * write to the descriptors themselves is the controller's to read.
 */
export function patchOutputs(log: LogWriter): void {
  patchOutput('stdout', log)
  patchOutput('stderr', log)
}

/** Creating a stream takes milliseconds, so it is patched when somebody first asks for it. */
function patchOutput(name: StreamName, log: LogWriter): void {
  const original = Object.getOwnPropertyDescriptor(process, name)
  const writeLines = log.openLines()
  let patched: NodeJS.WriteStream | undefined
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get: () => {
      patched ??= redirect(original?.get?.call(process) ?? original?.value, writeLines)
      return patched
    },
  })
}

type Done = (error?: Error | null) => void

function redirect(
  stream: NodeJS.WriteStream,
  writeLines: (bytes: Buffer) => void,
): NodeJS.WriteStream {
  const write = (chunk: Uint8Array | string, encoding?: BufferEncoding | Done, done?: Done) => {
    const isNamed = typeof encoding === 'string'
    writeLines(
      typeof chunk === 'string'
        ? Buffer.from(chunk, isNamed ? encoding : 'utf8')
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength),
    )
    const callback = typeof encoding === 'function' ? encoding : done
    if (callback !== undefined) process.nextTick(callback)
    return true
  }
  // Ending a standard stream is not for a handler to do; what it says last still counts.
  const end = (chunk?: unknown, encoding?: unknown, done?: unknown) => {
    const args = [chunk, encoding, done].filter((arg) => arg !== undefined && arg !== null)
    const callback = args.find((arg) => typeof arg === 'function') as Done | undefined
    if (args.length > 0 && args[0] !== callback) {
      write(args[0] as string, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
    }
    if (callback !== undefined) process.nextTick(callback)
    return stream
  }
  return Object.assign(stream, { write, end })
}
