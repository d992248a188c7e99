import type { MessagePort } from 'node:worker_threads'
import { portChannel } from './port-channel.ts'
import { runRuntime } from './runtime-loop.ts'

export interface ThreadTask {
  readonly port: MessagePort
  /** One shared 32-bit word: 1 while the sandbox is to be frozen. */
  readonly freezeFlag: Int32Array
}

/** How often a worker looks whether its event loop has run empty, milliseconds. */
const EMPTY_LOOP_CHECK_MS = 1

/**
 * Entry of a thread sandbox: one task is the whole life of the runtime, so it never settles; the
 * thread ends with `process.exit` inside it or is terminated from outside.
 *
 * What a thread cannot do: it shares the process's working directory, user, limits and standard
 * streams, and `process.exit` in it ends only the thread.
 */
export default function runThread({ port, freezeFlag }: ThreadTask): Promise<never> {
  runRuntime({
    channel: portChannel(port),
    whenLoopIsEmpty,
    // The controller sets the flag before it asks to freeze, and clears it to thaw.
    park: () => void Atomics.wait(freezeFlag, 0, 1),
  })
  return new Promise(() => {})
}

/**
 * The pool's own port keeps a worker's loop alive for ever, so `beforeExit` never comes. Look at what
 * else does: nothing but ports means that the handler has nothing left to wait for.
 */
function whenLoopIsEmpty(callback: () => void): () => void {
  const timer = setInterval(() => {
    const alive = process.getActiveResourcesInfo().filter((kind) => kind !== 'MessagePort')
    if (alive.length > 0) return
    clearInterval(timer)
    callback()
  }, EMPTY_LOOP_CHECK_MS)
  timer.unref()
  return () => clearInterval(timer)
}
