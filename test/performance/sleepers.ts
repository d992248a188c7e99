// A controller of its own with many sandboxes that sleep: see measurements/sleeping.ts, which starts it.
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createEmulator, type Emulator } from '../../runtime/emulator.ts'
import { descendantsOf } from '../../runtime/host/process-tree.ts'
import { answerOf, hello } from './functions.ts'

/** What it prints: one JSON text a line. */
export type SleepersStep =
  | { readonly done: number; readonly total: number; readonly unit: string }
  | { readonly report: SleepersReport }

export interface SleepersReport {
  readonly count: number
  /** Different sandboxes that were asleep and answered rightly, all invoked at once. */
  readonly awoke: number
  /** Of each look. */
  readonly perSandboxMb: readonly number[]
  readonly runtimeMb: readonly number[]
  /** Of the memory that the machine has available, what one sandbox takes; the kernel's part too. */
  readonly machineMb: number
  readonly startS: number
  readonly wakeS: number
  readonly endS: number
  /** Names of the controllers' folders. */
  readonly controllers: readonly string[]
  readonly notes: readonly string[]
}

const LOOKS = 3
const AGAIN_MS = 200

process.stdin.on('end', endEarly).resume()

const wanted = Number(process.argv[2])
const emulator = await createEmulator({ accountConcurrency: wanted, rates: 'unlimited' })
const { concurrency, cappedBecause } = emulator.accountLimit
const count = Math.min(wanted, concurrency)
await emulator.deploy(hello({ memorySizeMb: 128, timeoutMs: 120_000 }))
await emulator.prepared('hello')
const before = { pssMb: pssMb(descendantsOf(process.pid)), availableMb: availableMb() }
const startS = await secondsOf(startAll)
await untilAsleep()
const awoken = new Set<string>()
const wakeS = await secondsOf(wakeAll)
await untilAsleep()
const after = look()
const machineMb = (before.availableMb - availableMb()) / count
const controllers = readdirSync(join(tmpdir(), `sandlot-${userInfo().uid}`, 'controllers'))
const endS = await secondsOf(() => emulator.close())
const report: SleepersReport = {
  count,
  awoke: awoken.size,
  ...after,
  machineMb,
  startS,
  wakeS,
  endS,
  controllers,
  notes: cappedBecause === undefined ? [] : [cappedBecause],
}
process.stdout.write(`${JSON.stringify({ report })}\n`, () => process.exit(0))

/** Whoever has started it is gone, and will not see to what is left. */
function endEarly(): void {
  // The last thing done: the sandboxes are ended before.
  process.once('exit', () => rmSync(tmpdir(), { recursive: true, force: true, maxRetries: 5 }))
  process.exit(1)
}

async function startAll(): Promise<void> {
  let done = 0
  const starts = Array.from({ length: count }, async () => {
    const { outcome, logs } = await emulator.invoke({ functionName: 'hello', forceCold: true })
    if (outcome !== 'success') throw new Error(`${outcome}\n${logs.join('\n')}`)
    done += 1
    show(done, 'sandboxes started')
  })
  await Promise.all(starts)
}

/** All at once, so that each sandbox gets one of them. */
async function wakeAll(): Promise<void> {
  const calls = Array.from({ length: count }, (_, number) => callNumber(number))
  await Promise.all(calls)
}

async function callNumber(number: number): Promise<void> {
  const payload = JSON.stringify({ name: String(number) })
  const result = await emulator.invoke({ functionName: 'hello', payload })
  const isRight =
    !result.coldStart &&
    result.outcome === 'success' &&
    JSON.stringify(answerOf(result)) === JSON.stringify({ hello: String(number) })
  if (isRight) awoken.add(result.sandboxId)
}

async function untilAsleep(): Promise<void> {
  for (;;) {
    const asleep = emulator.sandboxes().filter(({ state }) => state === 'frozen').length
    show(asleep, 'sandboxes asleep')
    if (asleep === count) return
    await delay(AGAIN_MS)
  }
}

/** What was there before the first sandbox, such as the next one's beginnings, is no sandbox's. */
function look(): Pick<SleepersReport, 'perSandboxMb' | 'runtimeMb'> {
  const perSandboxMb: number[] = []
  const runtimeMb: number[] = []
  for (let looked = 0; looked < LOOKS; looked += 1) {
    perSandboxMb.push((pssMb(descendantsOf(process.pid)) - before.pssMb) / count)
    runtimeMb.push(pssMb(runtimesOf(emulator)) / count)
  }
  return { perSandboxMb, runtimeMb }
}

function runtimesOf(of: Emulator): number[] {
  return of.sandboxes().flatMap(({ pid }) => pid ?? [])
}

/** Proportional set size: what several processes share counts once, in parts. */
function pssMb(pids: readonly number[]): number {
  let kB = 0
  for (const pid of pids) kB += figureIn(`/proc/${pid}/smaps_rollup`, 'Pss')
  return kB / 1_024
}

function availableMb(): number {
  return figureIn('/proc/meminfo', 'MemAvailable') / 1_024
}

function figureIn(path: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(path, 'utf8'))
  return Number(found?.[1])
}

async function secondsOf(act: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now()
  await act()
  return (performance.now() - beganMs) / 1_000
}

function show(done: number, unit: string): void {
  process.stdout.write(`${JSON.stringify({ done, total: count, unit })}\n`)
}
