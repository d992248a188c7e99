import type { MessagePort } from 'node:worker_threads'
import { THREAD_WORDS } from '../runtime-api/protocol.ts'
import { portChannel } from './port-channel.ts'
import { runRuntime } from './runtime-loop.ts'
import { threadMemory } from './thread-memory.ts'

export interface ThreadTask {
  readonly port: MessagePort
  /** Shared with the controller, see `THREAD_WORDS`. */
  readonly words: Int32Array
}

/**
 * Entry of a thread sandbox: one task is the whole life of the runtime, so it never settles; the
 * thread ends with `process.exit` inside it or is terminated from outside.
 *
 * What a thread cannot do, and a process can: have a working directory, user, limits, signals and
 * descriptors of its own (`process.chdir` throws, `process.kill(process.pid)` hits the controller);
 * be frozen while its event loop is blocked; keep what native code writes to descriptor 1 or 2 from
 * the controller's own output. `process.exit` in it ends only the thread.
 */
export default function runThread({ port, words }: ThreadTask): Promise<never> {
  releasePoolPorts(port)
  reportWarnings()
  runRuntime({
    channel: portChannel(port, words),
    memory: threadMemory,
    // The controller sets the flag before it asks to freeze, and clears it to thaw.
    park: () => void Atomics.wait(words, THREAD_WORDS.freeze, 1),
  })
  return new Promise(() => {})
}

interface Handle {
  unref?(): void
}

/**
 * The pool's own ports would keep the event loop alive for ever; without them `beforeExit` comes in
 * a thread as it does in a process. Node documents no other way to reach a port that somebody else
 * holds; seen to work on Node 20, 22, 24 and 26.
 */
function releasePoolPorts(own: MessagePort): void {
  const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles(): Handle[] }
  for (const handle of handles()) if ((handle as unknown) !== own) handle.unref?.()
}

/** Node writes a thread's warnings to the controller's own stderr; they are the handler's log. */
function reportWarnings(): void {
  process.removeAllListeners('warning')
  process.on('warning', (warning: Error & { code?: string }) => {
    if (warning.name === 'DeprecationWarning' && process.noDeprecation === true) return
    const code = warning.code === undefined ? '' : `[${warning.code}] `
    process.stderr.write(`(node:${process.pid}) ${code}${warning.name}: ${warning.message}\n`)
  })
}
