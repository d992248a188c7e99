import type { Readable } from 'node:stream'

const LF = 0x0a

/**
 * The first line that a stream gives, without its line feed; what follows it stays in the stream.
 * `undefined` when the stream ends before.
 */
export function firstLine(stream: Readable): Promise<string | undefined> {
  return new Promise((resolve) => {
    let line = Buffer.alloc(0)
    const settle = (result: string | undefined): void => {
      stream.off('readable', look)
      stream.off('end', ended)
      stream.off('close', ended)
      resolve(result)
    }
    const ended = (): void => settle(undefined)
    const look = (): void => {
      for (let piece = stream.read(); piece !== null; piece = stream.read()) {
        line = Buffer.concat([line, piece as Buffer])
        const end = line.indexOf(LF)
        if (end === -1) continue
        if (end + 1 < line.length) stream.unshift(line.subarray(end + 1))
        return settle(line.toString('utf8', 0, end))
      }
    }
    stream.on('readable', look)
    stream.once('end', ended)
    stream.once('close', ended)
  })
}
