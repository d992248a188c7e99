import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

const scriptAt = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const START = scriptAt('bare-start.cjs')
const ECHO = scriptAt('pipe-echo.cjs')

/** Milliseconds from the spawn of a Node process to the byte that it writes when its handler has answered. */
export async function bareStart(
  handlerPath: string,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const beganMs = performance.now()
  const child = spawn(process.execPath, [START, handlerPath], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  let tookMs: number | undefined
  child.stdout.once('data', () => {
    tookMs = performance.now() - beganMs
  })
  await closed
  if (tookMs === undefined) throw new Error(`${START} has not answered`)
  return tookMs
}

/** Another Node process that answers each framed message with one; see `pipe-echo.cjs`. */
export interface PipeEcho {
  roundTrip(): Promise<void>
  end(): Promise<void>
}

/** What `framing.cjs` exports. */
interface Framing {
  frameOf(header: object, payload: Buffer): Buffer
  readFrames(socket: Socket, onFrame: (header: { requestId: string }) => void): void
}

/** A framed ping-pong: a small JSON header and a JSON payload each way, parsed at both ends. */
export function pipeEcho(): PipeEcho {
  const { frameOf, readFrames } = createRequire(import.meta.url)('./framing.cjs') as Framing
  const child = spawn(process.execPath, [ECHO], {
    env: {},
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  const pipe = child.stdio[3] as Socket
  let made = 0
  let heard: ((requestId: string) => void) | undefined
  readFrames(pipe, ({ requestId }) => heard?.(requestId))
  return {
    roundTrip: () =>
      new Promise((resolve, reject) => {
        made += 1
        const requestId = `11111111-1111-4111-8111-${String(made).padStart(12, '0')}`
        heard = (answered) =>
          answered === requestId ? resolve() : reject(new Error(`answered ${answered}`))
        pipe.write(frameOf({ type: 'invoke', requestId }, Buffer.from('{"name":"World"}')))
      }),
    end: async () => {
      const closed = once(child, 'close')
      child.kill('SIGKILL')
      await closed
    },
  }
}
