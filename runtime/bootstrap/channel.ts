import type { ControllerMessage, Message, SandboxMessage } from '../runtime-api/protocol.ts'

/** The bootstrap's end of the channel to the controller. */
export interface Channel {
  /** Hands a message over before it returns: nothing is lost when the process ends right after. */
  send(header: SandboxMessage, payload?: Uint8Array): void
  /** To be set once, before the first message can arrive. */
  onMessage(listener: (message: Message<ControllerMessage>) => void): void
  /** Whether waiting for messages keeps the event loop alive. */
  keepAlive(alive: boolean): void
}
