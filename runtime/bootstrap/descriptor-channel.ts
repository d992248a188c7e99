import { writeSync } from 'node:fs'
import {
  CHANNEL_DESCRIPTOR,
  type ControllerMessage,
  encodeFrame,
  FrameDecoder,
} from '../runtime-api/protocol.ts'
import type { Channel } from './channel.ts'
import { openPipeReader } from './pipe-reader.ts'

/**
 * Frames on the inherited descriptor. Reading is asynchronous; writing is not, so that a log line
 * or a result is with the controller even when the handler's next act ends the process, and a
 * handler that floods its log waits for the controller instead of filling its own memory.
 *
 * When the other end closes, the process ends: without a controller there is nobody to run for.
 */
export function descriptorChannel(): Channel {
  const reader = openPipeReader(CHANNEL_DESCRIPTOR)
  const decoder = new FrameDecoder<ControllerMessage>()
  return {
    send: (header, payload) => writeAll(encodeFrame(header, payload)),
    onMessage: (listener) => {
      const onBytes = (bytes: Buffer): void => {
        for (const message of decoder.push(bytes)) listener(message)
      }
      reader.start(onBytes, () => process.exit(0))
    },
    keepAlive: (alive) => reader.keepAlive(alive),
  }
}

/** How long to sleep when the controller has not read yet, milliseconds. */
const RETRY_MS = 1
const sleeper = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

/**
 * The descriptor does not block (reading needs that), so a full pipe answers EAGAIN. Sleeping a
 * moment costs nothing where it happens: a pipe's worth of log is on its way, and the controller is
 * the slower one.
 */
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
