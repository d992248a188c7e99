import { type ChildProcess, spawn } from 'node:child_process'
import { UsageError } from '../../exit-codes.ts'
import { childEntry } from '../child-entry.ts'
import type { StandInPath } from './stand-in.ts'

/** A store that runs in a process of its own. */
export interface StandIn {
  /** For `STORE_URL`; on loopback. */
  readonly url: string
  /** Ends it; resolves when its process has ended. */
  close(): Promise<void>
}

const SOURCE: StandInPath = './stand-in.ts'

/** Starts the store that the workloads use, with what they find in it. */
export async function startStandIn(): Promise<StandIn> {
  const { file, args } = childEntry(new URL(SOURCE, import.meta.url))
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const url = await Promise.race([urlOf(child), ended])
  if (url === undefined) throw new UsageError('The store of the workloads did not start')
  return {
    url,
    close: async () => {
      child.kill()
      await ended
    },
  }
}

const urlOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('message', (message: { url: string }) => resolve(message.url))
  })
