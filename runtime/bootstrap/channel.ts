import type { ControllerMessage, Message, SandboxMessage } from '../runtime-api/protocol.ts'

/** The bootstrap's end of the channel to the controller. */
export interface Channel {
  /** Hands a message over before it returns: nothing is lost when the runtime ends right after. */
  send(header: SandboxMessage, payload?: Uint8Array): void
  /** To be called once; messages that have arrived before are delivered then. */
  onMessage(listener: (message: Message<ControllerMessage>) => void): void
  /** Whether waiting for messages keeps the event loop alive. It does at first. */
  keepAlive(alive: boolean): void
}
