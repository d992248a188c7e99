import { figure, ratios, timed } from '../figures.ts'
import { hello, invoke } from '../functions.ts'
import type { Bench, Measured, Measurement } from '../measurement.ts'
import { inRounds } from '../rounds.ts'
import { medianCall } from './median-call.ts'

/** Warm invocations back to back, in a sandbox that would be frozen if it were idle and in one that never is. */
export const freezing: Measurement = {
  name: 'freezing',
  title: 'Warm invocations back to back, with freezing against without',
  measure,
}

const CALLS = 300
const DAY_MS = 86_400_000

async function measure(bench: Bench): Promise<Measured> {
  const lazy = await bench.open({ freezeDelayMs: 5 })
  const never = await bench.open({ freezeDelayMs: DAY_MS })
  for (const emulator of [lazy, never]) {
    await emulator.deploy(hello())
    await invoke(emulator, 'hello', 'cold')
  }
  const call = (emulator: typeof lazy) => () => timed(() => invoke(emulator, 'hello', 'warm'))
  const given = await inRounds(bench, bench.count(40, 12), {
    lazy: () => medianCall(CALLS, call(lazy)),
    never: () => medianCall(CALLS, call(never)),
  })
  return {
    figures: [
      figure('frozen when idle for 5 ms', 'ms', given.lazy),
      figure('never frozen', 'ms', given.never),
      figure('with freezing against without', 'times', ratios(given.lazy, given.never), {
        atMost: 1.1,
      }),
    ],
    notes: [`each value is the median of ${CALLS} calls back to back`],
  }
}
