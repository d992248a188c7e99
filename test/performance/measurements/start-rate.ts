import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Emulator } from '../../../runtime/emulator.ts'
import { bareStart } from '../bare-node.ts'
import { figure, ratios, timed } from '../figures.ts'
import { HANDLERS, hello, invoke } from '../functions.ts'
import type { Bench, Figure, Measured, Measurement } from '../measurement.ts'
import { inRounds } from '../rounds.ts'

/** How many cold starts the machine gets done, and whether one has to wait for another. */
export const startRate: Measurement = {
  name: 'start-rate',
  title: 'Cold starts per core and second, and many at once, against bare Node processes',
  measure,
}

const CONCURRENCIES = [1, 2, 4, 8, 16, 32] as const
type Concurrency = (typeof CONCURRENCIES)[number]

/** Of each round at one concurrency, at least. */
const STARTS = { usual: 32, quick: 16 } as const
const AT_ONCE = 16

async function measure(bench: Bench): Promise<Measured> {
  // A sandbox is ended when it has answered: starting many and ending them is one piece of work.
  const emulator = await bench.open({ keepAlive: 'fixed:1ms' })
  await emulator.deploy(hello())
  await emulator.deploy(hello({ name: 'waiting', handler: 'slow-init.handler' }))
  const figures: Figure[] = []
  for (const concurrency of CONCURRENCIES) {
    figures.push(...(await ratesAt(bench, emulator, concurrency)))
  }
  return {
    figures: [...figures, ...(await parallelFigures(bench, emulator))],
    notes: [
      `a start ends with its answer, and the next one begins; each value is of ${bench.count(STARTS.usual, STARTS.quick)} starts or more`,
      'fewer starts at once than there are cores can use no more cores than they are',
      `the handler of the ${AT_ONCE} at once waits 300 ms while it is loaded, and needs no CPU for it`,
    ],
  }
}

async function ratesAt(
  bench: Bench,
  emulator: Emulator,
  concurrency: Concurrency,
): Promise<Figure[]> {
  const cores = Math.min(concurrency, availableParallelism())
  const starts = Math.max(concurrency, bench.count(STARTS.usual, STARTS.quick))
  const rate = async (start: () => Promise<unknown>): Promise<number> => {
    const tookMs = await timed(() => repeated(start, starts, concurrency))
    return (starts / tookMs / cores) * 1_000
  }
  const given = await inRounds(bench, bench.count(5, 2), {
    bare: () => rate(() => bareStart(join(HANDLERS, 'hello.mjs'), {})),
    sandbox: () => rate(() => invoke(emulator, 'hello', 'cold')),
  })
  const { mode } = emulator.confinement
  return [
    figure(`${concurrency} at once: bare Node process`, 'per second', given.bare),
    figure(`  sandbox '${mode}'`, 'per second', given.sandbox, { atLeast: 20 }),
    figure('  against bare', 'times', ratios(given.sandbox, given.bare)),
  ]
}

/** So many starts, never more than `concurrency` of them at the same time. */
async function repeated(
  start: () => Promise<unknown>,
  starts: number,
  concurrency: number,
): Promise<void> {
  let left = starts
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await start()
    }
  }
  await Promise.all(Array.from({ length: concurrency }, one))
}

async function parallelFigures(bench: Bench, emulator: Emulator): Promise<Figure[]> {
  const all = (start: () => Promise<unknown>): Promise<number> =>
    timed(() => Promise.all(Array.from({ length: AT_ONCE }, start)))
  const given = await inRounds(bench, bench.count(8, 3), {
    bare: () => all(() => bareStart(join(HANDLERS, 'slow-init.mjs'), {})),
    sandbox: () => all(() => invoke(emulator, 'waiting', 'cold')),
    one: () => timed(() => invoke(emulator, 'waiting', 'cold')),
  })
  const inTurn = given.one.map((ms) => ms * AT_ONCE)
  return [
    figure(`${AT_ONCE} at once that wait: bare Node processes`, 'ms', given.bare),
    figure('  sandboxes', 'ms', given.sandbox),
    figure('  against bare', 'times', ratios(given.sandbox, given.bare), { atMost: 2 }),
    figure('  against one after the other', 'times', ratios(given.sandbox, inTurn), {
      atMost: 0.25,
    }),
  ]
}
