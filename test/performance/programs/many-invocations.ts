// A controller that does nothing but invoke, and tells what it holds: see measurements/memory-growth.ts.
import { readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { createEmulator } from '../../../runtime/emulator.ts'
import { hello, invoke } from '../functions.ts'
import { answerQuestions } from './answer-questions.ts'
import { stateFolder } from './state-folder.ts'

export interface InvocationsOrder {
  /** Goes on until so many were made since the start. */
  readonly until: number
}

/** What the controller holds while nothing goes on in it. */
export interface Held {
  readonly heapMb: number
  readonly residentMb: number
  /** What keeps its event loop alive: timers, pipes, processes. */
  readonly resources: number
  readonly listeners: number
  /** `undefined` where the system does not tell. */
  readonly descriptors: number | undefined
}

const AGAIN_MS = 20
const COLLECTIONS = 4

const stateDir = stateFolder()
const opened = createEmulator({ stateDir, rates: 'unlimited' })
opened.catch(() => undefined)
let made = 0

answerQuestions<InvocationsOrder>(
  async ({ until }) => {
    if (made === 0) await begin()
    const emulator = await opened
    for (; made < until; made += 1) await invoke(emulator, 'hello', 'warm')
    return held()
  },
  async () => (await opened).close(),
)

async function begin(): Promise<void> {
  const emulator = await opened
  await emulator.deploy(hello())
  await invoke(emulator, 'hello', 'cold')
  made = 1
}

async function held(): Promise<Held> {
  const emulator = await opened
  while (emulator.sandboxes().some(({ state }) => state !== 'frozen')) await delay(AGAIN_MS)
  for (let collected = 0; collected < COLLECTIONS; collected += 1) {
    globalThis.gc?.()
    await delay(AGAIN_MS)
  }
  const { heapUsed, rss } = process.memoryUsage()
  return {
    heapMb: heapUsed / 1_048_576,
    residentMb: rss / 1_048_576,
    resources: process.getActiveResourcesInfo().length,
    listeners: listenersOf(process),
    descriptors: descriptors(),
  }
}

function listenersOf(emitter: NodeJS.EventEmitter): number {
  let count = 0
  for (const name of emitter.eventNames()) count += emitter.listenerCount(name)
  return count
}

function descriptors(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return undefined
  }
}
