import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { THREAD_WORDS } from '../runtime-api/protocol.ts'
import type { RuntimeExit } from '../sandbox/sandbox.ts'

export interface ThreadCommand {
  readonly filename: string
  readonly env: Readonly<Record<string, string>>
  /** Limit of the heap; a thread that exceeds it ends. */
  readonly heapMb: number
}

export interface SupervisedThread {
  readonly port: MessagePort
  /** Shared with the thread, see `THREAD_WORDS`. */
  readonly words: Int32Array
  /** Resolves once the thread is gone and all that it posted was received. */
  readonly exited: Promise<RuntimeExit>
  /** Ends the thread at once, parked or busy. */
  terminate(): void
}

/**
 * Starts a thread for a sandbox: a pool of exactly one, with one task that lasts as long as the
 * runtime. With no minimum of threads the pool does not replace one that has ended, so an ended
 * thread is a dead sandbox and never silently another one.
 */
export function startThread({ filename, env, heapMb }: ThreadCommand): SupervisedThread {
  const pool = new Piscina({
    filename,
    env,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    atomics: 'disabled',
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  })
  const { port1: port, port2 } = new MessageChannel()
  const words = new Int32Array(
    new SharedArrayBuffer(Object.keys(THREAD_WORDS).length * Int32Array.BYTES_PER_ELEMENT),
  )
  const aborter = new AbortController()
  const drained = new Promise<void>((resolve) => port.once('close', resolve))
  const life = pool.run({ port: port2, words }, { transferList: [port2], signal: aborter.signal })
  const exited = life.then(
    () => ({ code: 0, signal: undefined, expected: false }),
    (error: unknown) => exitOf(error, aborter.signal.aborted),
  )
  return {
    port,
    words,
    exited: exited.then(async (exit) => {
      await pool.destroy()
      // Ended before it had its port: nobody else closes it then.
      port2.close()
      await drained
      return exit
    }),
    terminate: () => aborter.abort(),
  }
}

const EXIT_CODE = /^worker exited with code: (\d+)$/

/** How a thread ended, in the words for processes. */
function exitOf(error: unknown, aborted: boolean): RuntimeExit {
  const killed: RuntimeExit = { code: undefined, signal: 'SIGKILL', expected: aborted }
  if (aborted) return killed
  const { code, message } = error as NodeJS.ErrnoException
  // The heap limit of a thread stands for the memory limit of its sandbox, which kills.
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return { ...killed, exceeded: 'memory' }
  const exitCode = EXIT_CODE.exec(message ?? '')?.[1]
  return { code: exitCode === undefined ? 1 : Number(exitCode), signal: undefined, expected: false }
}
