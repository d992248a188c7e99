import type { BenchResult } from '../../measure/results/bench-result.ts'
import { counted } from '../counted.ts'
import type { Markup } from './escape.ts'
import { COMMON, type Explanation, method } from './method.ts'
import { count } from './numbers.ts'

export function benchMethod({ settings, seed, variants }: BenchResult): Markup {
  const { runs, coldPerRun, warmPerRun, untilCi, smallestEffect, aa } = settings
  const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`
  const warmUps = [...new Set(variants.map(({ warmUpCalls }) => count(warmUpCalls)))].join(' or ')
  const steps: Explanation[] = [
    [
      'What was repeated',
      `The run, not the single invocation: invocations of one run share a controller, and so its luck. Each of the ${counted(variants.length, 'variant')} had ${counted(runs, 'run')}, each on a fresh controller, with ${count(coldPerRun)} cold starts and ${count(warmPerRun)} warm invocations. Runs of the variants were interleaved in an order drawn with seed ${seed}, so that a machine that slows down slows all of them.`,
    ],
    [
      'Cold and warm',
      `An invocation is cold because a sandbox was seen to start for it, never because it was expected to; those that turned out otherwise were left out and counted. Warm means after the warm-up, here ${warmUps || 'no'} calls (median over the runs) until the times had settled.`,
    ],
    [
      'When it ended',
      untilCi === null
        ? 'After the number of runs fixed in advance.'
        : `When the interval of each median was at most ${percent(untilCi)} of it to either side, or at the most runs allowed: a rule fixed in advance.`,
    ],
    [
      'Intervals',
      'With 95 % confidence the figure lies within: bootstrap in two levels (runs are drawn first, then invocations within them), seeded. An interval of the median from order statistics, which draws nothing, was computed as a check.',
    ],
    [
      'Verdicts',
      `A variant is faster or slower only if the whole interval of the ratio lies on one side of 1, the ratio itself differs from 1 by ${percent(smallestEffect)} or more (the smallest effect that was said to matter), and a permutation of runs does not put it down to chance. “No difference shown” means that one that matters had a fair chance to be seen, and was not; “too noisy”, that one may hide here: more runs would tell.${aa ? ' Every variant was measured twice, to see whether the measuring finds differences where there are none.' : ''}`,
    ],
    ...COMMON,
  ]
  return method(steps)
}
