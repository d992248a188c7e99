import { figure } from '../figures.ts'
import type { Bench, Measured, Measurement } from '../measurement.ts'
import type { Held, InvocationsOrder } from '../programs/many-invocations.ts'

/** What a controller holds after many invocations against what it held after the first ones. */
export const memoryGrowth: Measurement = {
  name: 'memory-growth',
  title: 'What a controller holds, early and after many warm invocations',
  measure,
}

const EARLY = 10_000
const USUAL = 200_000
const QUICK = 40_000
/** Of the work that lies between. */
const STEPS = 20

async function measure(bench: Bench): Promise<Measured> {
  const controller = bench.start('many-invocations.ts', { nodeArgs: ['--expose-gc'] })
  const reach = (until: number): Promise<Held> =>
    controller.ask<Held>({ until } satisfies InvocationsOrder)
  const last = bench.count(USUAL, QUICK)
  const early = await reach(EARLY)
  let late = early
  for (let step = 1; step <= STEPS; step += 1) {
    const until = EARLY + Math.round(((last - EARLY) * step) / STEPS)
    bench.show(until, last, 'invocations')
    late = await reach(until)
  }
  const more = (of: (held: Held) => number): number[] => [of(late) - of(early)]
  return {
    figures: [
      figure(`heap after ${counted(EARLY)}, collected`, 'MB', [early.heapMb]),
      figure(`heap after ${counted(last)}, collected`, 'MB', [late.heapMb]),
      figure('  one against the other', 'times', [late.heapMb / early.heapMb], { atMost: 1.05 }),
      figure(`resident after ${counted(EARLY)}`, 'MB', [early.residentMb]),
      figure(`resident after ${counted(last)}`, 'MB', [late.residentMb]),
      figure('timers and other active resources, more than early', 'left', more(resourcesOf), {
        atMost: 0,
      }),
      figure('listeners on the process, more than early', 'left', more(listenersOf), {
        atMost: 0,
      }),
      ...(late.descriptors === undefined
        ? []
        : [figure('descriptors, more than early', 'left', more(descriptorsOf), { atMost: 0 })]),
    ],
    notes:
      last === USUAL
        ? []
        : [`${counted(last)} invocations instead of ${counted(USUAL)}: in a hurry`],
  }
}

const resourcesOf = ({ resources }: Held): number => resources
const listenersOf = ({ listeners }: Held): number => listeners
const descriptorsOf = ({ descriptors }: Held): number => descriptors ?? 0
const counted = (count: number): string => count.toLocaleString('en-US')
