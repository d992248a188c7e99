import type { MessagePort } from 'node:worker_threads'
import { type ControllerMessage, type Message, NO_PAYLOAD } from '../runtime-api/protocol.ts'
import type { Channel } from './channel.ts'

/** Messages on a MessagePort; posting is synchronous. */
export function portChannel(port: MessagePort): Channel {
  return {
    send: (header, payload = NO_PAYLOAD) => port.postMessage({ header, payload }),
    onMessage: (listener) => {
      port.on('message', (message: Message<ControllerMessage>) => listener(message))
    },
    keepAlive: (alive) => (alive ? port.ref() : port.unref()),
  }
}
