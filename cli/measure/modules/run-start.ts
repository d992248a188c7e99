import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { signalGroup } from '../../../runtime/host/process-group.ts'
import { RESULT_DESCRIPTOR } from './start-script.ts'

export interface StartCommand {
  readonly nodePath: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
}

/** What a start told, or why it told nothing. */
export type Told<T> = { readonly result: T } | { readonly reason: string }

/** As long as Lambda gives an init. */
const MOST_MS = 10_000
const NOT_ITS_OWN = 'The handler wrote to descriptors that are not its own'

/** Starts a process, waits for its one line, and ends it with all its children. */
export function runStart<T>(command: StartCommand): Promise<Told<T>> {
  const child = spawn(command.nodePath, command.args, {
    cwd: command.cwd,
    env: command.env,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    // Its group is ended as a whole.
    detached: true,
  })
  const end = (): void => {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
  }
  process.once('exit', end)
  const exit = exited(child)
  return told<T>(child, exit, command.signal).finally(async () => {
    end()
    process.off('exit', end)
    await exit
  })
}

function told<T>(
  child: ChildProcess,
  exit: Promise<string>,
  signal: AbortSignal | undefined,
): Promise<Told<T>> {
  return new Promise((resolve) => {
    const done = (outcome: Told<T>): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', interrupt)
      resolve(outcome)
    }
    const interrupt = (): void => done({ reason: 'Interrupted' })
    const timer = setTimeout(
      () => done({ reason: `The handler was still loading after ${MOST_MS / 1_000} s` }),
      MOST_MS,
    )
    signal?.addEventListener('abort', interrupt)
    if (signal?.aborted) interrupt()
    let text = ''
    const results = child.stdio[RESULT_DESCRIPTOR] as Readable | undefined
    results?.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (text.endsWith('\n')) done(parsed(text))
    })
    // What it has told comes before this.
    results?.once('close', () => {
      void exit.then((how) => done({ reason: `The process ended with ${how} while loading` }))
    })
    child.once('error', (error) => done({ reason: `Node could not be started: ${error.message}` }))
  })
}

function parsed<T>(line: string): Told<T> {
  const result = readJson(line) as (T & { error?: string }) | undefined
  if (result === undefined) return { reason: NOT_ITS_OWN }
  return result.error === undefined
    ? { result }
    : { reason: `Loading the handler failed: ${result.error}` }
}

function readJson(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Resolves with its code or signal; also for a process that never was. */
function exited(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`))
    child.once('error', () => resolve('an error'))
  })
}
