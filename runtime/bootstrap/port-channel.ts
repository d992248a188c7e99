import type { MessagePort } from 'node:worker_threads'
import {
  type ControllerMessage,
  logCost,
  MAX_LOG_BACKLOG_BYTES,
  type Message,
  NO_PAYLOAD,
  THREAD_WORDS,
} from '../runtime-api/protocol.ts'
import type { Channel } from './channel.ts'

/**
 * Messages on a MessagePort; posting is synchronous. A payload is given away, not copied. When the
 * controller closes its port, the thread ends.
 *
 * @param words shared with the controller, see `THREAD_WORDS`.
 */
export function portChannel(port: MessagePort, words: Int32Array): Channel {
  port.on('close', () => process.exit(0))
  return {
    send: (header, payload = NO_PAYLOAD) => {
      if (header.type === 'log') waitForRoom(words, logCost(payload))
      if (payload.length === 0) return port.postMessage({ header, payload: NO_PAYLOAD })
      const own = unshared(payload)
      port.postMessage({ header, payload: own }, [own.buffer])
    },
    onMessage: (listener) => {
      port.on('message', (message: Message<ControllerMessage>) => listener(message))
    },
    keepAlive: (alive) => (alive ? port.ref() : port.unref()),
  }
}

/** A port takes whatever is posted, so a flood of log would fill the controller's memory. */
function waitForRoom(words: Int32Array, cost: number): void {
  const { logBacklog } = THREAD_WORDS
  let backlog = Atomics.add(words, logBacklog, cost) + cost
  while (backlog > MAX_LOG_BACKLOG_BYTES) {
    Atomics.wait(words, logBacklog, backlog)
    backlog = Atomics.load(words, logBacklog)
  }
}

/** A small payload is a view of a pool that others use too; it cannot be given away. */
function unshared(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, length } = payload
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === length
  return isWhole ? (payload as Uint8Array<ArrayBuffer>) : new Uint8Array(payload)
}
