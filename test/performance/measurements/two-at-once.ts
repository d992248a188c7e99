import { figure } from '../figures.ts'
import { hello, invoke } from '../functions.ts'
import type { Bench, Measured, Measurement } from '../measurement.ts'
import { inRounds } from '../rounds.ts'

/** What a cold start takes that does not find its sandbox made ahead. For information. */
export const twoAtOnce: Measurement = {
  name: 'two-at-once',
  title: 'Cold starts, two at once: only one finds its sandbox made ahead',
  measure,
}

async function measure(bench: Bench): Promise<Measured> {
  const [strongest, plain] = [await bench.open(), await bench.open({ isolation: 'plain' })]
  const given = await inRounds(bench, bench.count(30, 10), {
    strongest: () => pair(strongest),
    plain: () => pair(plain),
  })
  for (const emulator of [strongest, plain]) await emulator.evict()
  const { mode } = strongest.confinement
  return {
    figures: [
      figure(`'${mode}', made ahead`, 'ms', given.strongest.map(first)),
      figure(`'${mode}', made when asked for`, 'ms', given.strongest.map(second)),
      figure("'plain', the first", 'ms', given.plain.map(first)),
      figure("'plain', the second", 'ms', given.plain.map(second)),
    ],
  }
}

type Pair = readonly [number, number]
const first = ([value]: Pair): number => value
const second = ([, value]: Pair): number => value

async function pair(emulator: Awaited<ReturnType<Bench['open']>>): Promise<Pair> {
  const { name } = hello()
  if (emulator.functions().length === 0) await emulator.deploy(hello())
  await emulator.prepared(name)
  const starts = [1, 2].map(async () => (await invoke(emulator, name, 'cold')).totalMs)
  const [one = Number.NaN, other = Number.NaN] = await Promise.all(starts)
  await emulator.evict(name)
  return [one, other]
}
