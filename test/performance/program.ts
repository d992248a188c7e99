import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** One of `programs/`, in a process of its own that ends when this one does, however that ends. */
export interface Program {
  /** Its answer to one question; one after the other. @throws Error that it failed or has ended. */
  ask<Answer>(question: object): Promise<Answer>
  /** When this resolves nothing is left of it. */
  end(): Promise<void>
}

export interface ProgramOptions {
  readonly args?: readonly string[]
  /** For Node. */
  readonly nodeArgs?: readonly string[]
}

/** What a program says; see `programs/answer-questions.ts`. */
export type Said = { readonly answer: unknown } | { readonly failed: string }

/** So long it has to end in order, milliseconds. */
const END_MS = 20_000

export function startProgram(name: string, options: ProgramOptions = {}): Program {
  const script = fileURLToPath(new URL(`programs/${name}`, import.meta.url))
  const { args = [], nodeArgs = [] } = options
  const child = spawn(process.execPath, [...process.execArgv, ...nodeArgs, script, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return {
    ask: <Answer>(question: object) => ask(child, name, question) as Promise<Answer>,
    end: () => ended(child),
  }
}

function ask(child: ChildProcess, name: string, question: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const hear = (said: Said): void => {
      child.off('exit', fail)
      if ('answer' in said) resolve(said.answer)
      else reject(new Error(`${name}: ${said.failed}`))
    }
    const fail = (): void => {
      child.off('message', hear)
      reject(new Error(`${name} has ended: ${child.signalCode ?? child.exitCode}`))
    }
    if (!child.connected) return fail()
    child.once('message', hear)
    child.once('exit', fail)
    child.send(question)
  })
}

/** A child that ends when its channel does, and is ended when it takes too long. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const exited = once(child, 'exit')
  if (child.connected) child.disconnect()
  const impatient = setTimeout(() => child.kill('SIGKILL'), END_MS)
  await exited
  clearTimeout(impatient)
}
