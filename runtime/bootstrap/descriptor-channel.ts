import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import {
  CHANNEL_DESCRIPTOR,
  type ControllerMessage,
  encodeFrame,
  FrameDecoder,
} from '../runtime-api/protocol.ts'
import type { Channel } from './channel.ts'

/**
 * Frames on the inherited descriptor. Reading is asynchronous; writing is not, so that a log line
 * or a result is with the controller even when the handler's next act ends the process, and a
 * handler that floods its log waits for the controller instead of filling its own memory.
 */
export function descriptorChannel(): Channel {
  const socket = new Socket({ fd: CHANNEL_DESCRIPTOR, readable: true, writable: true })
  const decoder = new FrameDecoder<ControllerMessage>()
  // Without a controller there is nobody to run for.
  const end = (): never => process.exit(0)
  socket.on('end', end)
  socket.on('error', end)
  return {
    send: (header, payload) => writeAll(encodeFrame(header, payload)),
    onMessage: (listener) => {
      socket.on('data', (piece: Buffer) => {
        for (const message of decoder.push(piece)) listener(message)
      })
    },
    keepAlive: (alive) => void (alive ? socket.ref() : socket.unref()),
  }
}

/** How long to sleep when the controller has not read yet, milliseconds. */
const RETRY_MS = 1
const sleeper = new Int32Array(new SharedArrayBuffer(4))

function writeAll(frame: Buffer): void {
  let written = 0
  while (written < frame.length) {
    try {
      written += writeSync(CHANNEL_DESCRIPTOR, frame, written)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') process.exit(0)
      Atomics.wait(sleeper, 0, 0, RETRY_MS)
    }
  }
}
