import { spawn } from 'node:child_process'
import { once } from 'node:events'
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

/** Another Node process that sends back what it is sent. */
export interface PipeEcho {
  roundTrip(): Promise<void>
  end(): Promise<void>
}

export function pipeEcho(): PipeEcho {
  const child = spawn(process.execPath, [ECHO], {
    env: {},
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  const pipe = child.stdio[3] as Socket
  const message = Buffer.alloc(64, 1)
  let heard: (() => void) | undefined
  pipe.on('data', () => heard?.())
  return {
    roundTrip: () =>
      new Promise((resolve) => {
        heard = resolve
        pipe.write(message)
      }),
    end: async () => {
      const closed = once(child, 'close')
      child.kill('SIGKILL')
      await closed
    },
  }
}
