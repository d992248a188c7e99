import { execa } from 'execa'
import { type ErrorCode, SandlotError } from '../../../runtime/kernel/errors.ts'
import { childEntry } from '../child-entry.ts'
import type { NodeBinary } from '../node-binary.ts'
import type { FromRun, RunError, RunOrder, ToRun } from './run-messages.ts'
// Only its type: it is a program of its own, and this is how the build knows of it.
import type { RunProcessPath } from './run-process.ts'

/** What it may print before the beginning is forgotten. */
const MOST_PRINTED = 4_000
/** It ends in a fraction of this; when it does not, something in it hangs. */
const STOP_GRACE_MS = 20_000

/** Whatever it was told to do, it is done. */
type Answer = Extract<FromRun, { kind: 'checked' | 'ran' }>

/** The process of one run, from the outside. */
export class RunChild {
  readonly node: NodeBinary
  readonly #subprocess: ReturnType<typeof spawnRun>
  readonly #ready: Promise<void>
  readonly #answer: Promise<Answer>
  #printed = ''
  #grace: NodeJS.Timeout | undefined

  constructor(node: NodeBinary) {
    this.node = node
    this.#subprocess = spawnRun(node)
    this.#subprocess.all.on('data', (text: Buffer | string) => {
      this.#printed = (this.#printed + text).slice(-MOST_PRINTED)
    })
    let isReady = (): void => undefined
    this.#ready = new Promise((resolve) => {
      isReady = resolve
    })
    this.#answer = new Promise((resolve, reject) => {
      this.#subprocess.on('message', (message: unknown) => {
        const from = message as FromRun
        if (from.kind === 'ready') return isReady()
        this.#expectEnd()
        if (from.kind === 'failed') reject(sandlotError(from.error))
        else resolve(from)
      })
      // After its last message, if it comes to that: then this changes nothing.
      void this.ended().then((how) => reject(this.#death(how)))
    })
    // Whoever waits for an answer hears of it.
    this.#answer.catch(() => undefined)
  }

  /** It has loaded what it needs and waits for its order. */
  async ready(): Promise<void> {
    await Promise.race([this.#ready, this.#answer])
  }

  /**
   * @throws SandlotError what went wrong in it, or that it died.
   */
  async carryOut(order: RunOrder): Promise<Answer> {
    await this.ready()
    this.#send(order)
    return this.#answer
  }

  /** It ends what it does, tells what it has seen, and ends. */
  stop(): void {
    this.#send({ kind: 'stop' })
    this.#expectEnd()
  }

  /** When there is nothing left of it. How it ended, for a person. */
  async ended(): Promise<string> {
    const { exitCode, signal } = await this.#subprocess
    clearTimeout(this.#grace)
    return signal === undefined ? `exit code ${exitCode}` : signal
  }

  #expectEnd(): void {
    this.#grace ??= setTimeout(() => this.#subprocess.kill('SIGKILL'), STOP_GRACE_MS)
  }

  #send(message: ToRun): void {
    const { connected } = this.#subprocess
    // One that has just died is noticed by its end.
    if (connected) this.#subprocess.send(message, () => undefined)
  }

  #death(how: string): SandlotError {
    const printed = this.#printed.trim()
    const text = printed === '' ? 'it printed nothing' : `it printed: ${printed}`
    return new SandlotError(
      'Internal',
      `The process of a run ended before its time (${how}); ${text}`,
    )
  }
}

const SOURCE: RunProcessPath = './run-process.ts'

function spawnRun(node: NodeBinary) {
  const { file, args } = childEntry(new URL(SOURCE, import.meta.url), node)
  return execa(file, args, {
    ipc: true,
    // In a group of its own: the terminal's Ctrl-C is the parent's, which ends it in order. When the
    // parent is gone the channel closes, and it ends itself.
    detached: true,
    cleanup: false,
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
  })
}

function sandlotError({ code, message, hint, stack }: RunError): SandlotError {
  const error = new SandlotError((code ?? 'Internal') as ErrorCode, message, {
    ...(hint !== undefined && { hint }),
  })
  if (stack !== undefined) error.stack = stack
  return error
}
