import { execa } from 'execa'
import { SandlotError } from '../../../runtime/kernel/errors.ts'
import { childEntry } from '../child-entry.ts'
import type {
  FromGenerator,
  GeneratorOrder,
  GeneratorReport,
  GeneratorSecond,
  ToGenerator,
} from './generator-messages.ts'
// Only its type: it is a program of its own, and this is how the build knows of it.
import type { GeneratorProcessPath } from './generator-process.ts'

/** What it may print before the beginning is forgotten. */
const MOST_PRINTED = 4_000

/** The generator's process, from the outside. */
export class GeneratorChild {
  readonly #subprocess = spawnGenerator()
  readonly #ready: Promise<void>
  readonly #done: Promise<GeneratorReport>
  #printed = ''

  constructor(onSecond: (row: GeneratorSecond) => void) {
    this.#subprocess.all.on('data', (text: Buffer | string) => {
      this.#printed = (this.#printed + text).slice(-MOST_PRINTED)
    })
    let isReady = (): void => undefined
    this.#ready = new Promise((resolve) => {
      isReady = resolve
    })
    this.#done = new Promise((resolve, reject) => {
      this.#subprocess.on('message', (message: unknown) => {
        const from = message as FromGenerator
        if (from.kind === 'second') onSecond(from.row)
        else if (from.kind === 'ready') isReady()
        else if (from.kind === 'done') resolve(from.report)
        else reject(new SandlotError('Internal', `The load generator failed: ${from.message}`))
      })
      // After its report, if it comes to that: then this changes nothing.
      void this.#subprocess.then(({ exitCode, signal }) => {
        const text = this.#printed.trim() || 'it printed nothing'
        const how = signal ?? `exit code ${exitCode}`
        reject(new SandlotError('Internal', `The load generator ended too early (${how}); ${text}`))
      })
    })
    // Whoever waits for it hears of it.
    this.#done.catch(() => undefined)
  }

  /** Resolves when it only waits for the word to begin. */
  async prepare(order: GeneratorOrder): Promise<void> {
    this.#send({ kind: 'prepare', order })
    await Promise.race([this.#ready, this.#done])
  }

  /** @throws SandlotError that it failed or died. */
  run(): Promise<GeneratorReport> {
    this.#send({ kind: 'begin' })
    return this.#done
  }

  /** It sends nothing more, and reports. */
  stop(): void {
    this.#send({ kind: 'stop' })
  }

  /** When this resolves nothing is left of it. */
  async end(): Promise<void> {
    if (this.#subprocess.connected) this.#subprocess.disconnect()
    await this.#subprocess
  }

  #send(message: ToGenerator): void {
    // One that has just died is noticed by its end.
    if (this.#subprocess.connected) this.#subprocess.send(message, () => undefined)
  }
}

const SOURCE: GeneratorProcessPath = './generator-process.ts'

function spawnGenerator() {
  const { file, args } = childEntry(new URL(SOURCE, import.meta.url))
  return execa(file, args, {
    ipc: true,
    serialization: 'advanced',
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
  })
}
