import type { Emulator } from '../../../runtime/emulator.ts'
import { figure, ratios } from '../figures.ts'
import { answerOf, HANDLERS, invoke } from '../functions.ts'
import type { Bench, Bounds, Figure, Measured, Measurement } from '../measurement.ts'
import { inRounds } from '../rounds.ts'

/** Work of one thread at a whole CPU, half of one and a quarter; and the same work while a module is loaded. */
export const cpuShare: Measurement = {
  name: 'cpu-share',
  title: 'CPU in proportion to memory, but for init',
  measure,
}

/** 1,769 MB are one CPU. */
const SIZES_MB = { whole: 1_769, half: 884, quarter: 442 } as const
type Share = keyof typeof SIZES_MB
const SHARES = Object.keys(SIZES_MB) as Share[]

/** What the same piece of work took. */
interface Work {
  readonly tookMs: number
  readonly cpuMs: number
}

async function measure(bench: Bench): Promise<Measured> {
  if (process.platform !== 'linux') {
    return { figures: [], skipped: 'CPU is limited on Linux only' }
  }
  const emulator = await bench.open()
  for (const share of SHARES) await deploy(emulator, share)
  const init = await inRounds(bench, bench.count(20, 8), forShares(emulator, initOf))
  for (const share of SHARES) await invoke(emulator, nameOf(share), 'cold')
  const all = await inRounds(bench, bench.count(20, 8), forShares(emulator, handlerOf))
  const handler = undisturbed(all)
  const [made, used] = [all.whole.length, handler.whole.length]
  return {
    figures: [
      ...(used < MIN_ROUNDS
        ? figuresOf('handler', all, {})
        : figuresOf('handler', handler, { half: within(2), quarter: within(4) })),
      ...figuresOf('init', init, { half: SAME, quarter: SAME }),
    ],
    notes: [
      'compared is how long the same amount of CPU time took: a CPU is not always equally fast',
      `in ${made - used} of ${made} rounds something else took from the whole CPU: ${used < MIN_ROUNDS ? 'the machine is too busy to tell' : 'left out'}`,
    ],
  }
}

const MIN_ROUNDS = 4
/** By this much the whole CPU may be taken from by what else runs on the machine. */
const DISTURBED = 1.05

/** What disturbs a whole CPU may leave half of one alone: then they look more alike than they are. */
function undisturbed(works: Record<Share, Work[]>): Record<Share, Work[]> {
  const isGood = (_: Work, round: number): boolean => {
    const { tookMs, cpuMs } = works.whole[round] as Work
    return tookMs / cpuMs <= DISTURBED
  }
  const { whole, half, quarter } = works
  return {
    whole: whole.filter(isGood),
    half: half.filter(isGood),
    quarter: quarter.filter(isGood),
  }
}

const within = (times: number): Bounds => ({ atLeast: times * 0.85, atMost: times * 1.15 })
const SAME: Bounds = { atLeast: 0.9, atMost: 1.1 }

function figuresOf(
  what: string,
  works: Readonly<Record<Share, readonly Work[]>>,
  promised: Readonly<Partial<Record<Exclude<Share, 'whole'>, Bounds>>>,
): Figure[] {
  const took = (share: Share): number[] => works[share].map(({ tookMs }) => tookMs)
  const stretched = (share: Share): number[] =>
    works[share].map(({ tookMs, cpuMs }) => tookMs / cpuMs)
  return [
    ...SHARES.map((share) => figure(`${what} at ${SIZES_MB[share]} MB`, 'ms', took(share))),
    ...(['half', 'quarter'] as const).map((share) =>
      figure(
        `${what}, ${SIZES_MB[share]} against ${SIZES_MB.whole} MB`,
        'times',
        ratios(stretched(share), stretched('whole')),
        promised[share],
      ),
    ),
  ]
}

type Act = (emulator: Emulator, name: string) => Promise<Work>

const forShares = (emulator: Emulator, act: Act): Record<Share, () => Promise<Work>> => ({
  whole: () => act(emulator, nameOf('whole')),
  half: () => act(emulator, nameOf('half')),
  quarter: () => act(emulator, nameOf('quarter')),
})

const nameOf = (share: Share): string => `heavy-${share}`

const deploy = (emulator: Emulator, share: Share) =>
  emulator.deploy({
    name: nameOf(share),
    handler: 'heavy-module.handler',
    rootDir: HANDLERS,
    memorySizeMb: SIZES_MB[share],
    timeoutMs: 60_000,
  })

async function initOf(emulator: Emulator, name: string): Promise<Work> {
  await emulator.prepared(name)
  const answer = answerOf(await invoke(emulator, name, 'cold')) as { init: Work }
  await emulator.evict(name)
  return answer.init
}

async function handlerOf(emulator: Emulator, name: string): Promise<Work> {
  const answer = answerOf(await invoke(emulator, name, 'warm', { works: true }))
  return (answer as { invoke: Work }).invoke
}
