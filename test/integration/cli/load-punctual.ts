import type { TestContext } from 'vitest'
import type { LoadResult } from '../../../cli/measure/results/load-result.ts'

/**
 * Repeats a load test, three times at most, until its requests were sent when they were due. What
 * arithmetic says of arrivals that did not come as planned would be something else: then the test is
 * skipped.
 *
 * @param mostMs so late may the p99, or with fewer requests the p90, be.
 */
export async function punctual<Run>(
  run: () => Promise<Run>,
  resultOf: (run: Run) => LoadResult,
  mostMs: number,
  context: TestContext,
): Promise<Run> {
  const attempts: number[] = []
  for (;;) {
    const done = await run()
    const { p99, p90 } = resultOf(done).validity.lagMs
    const lagMs = p99 ?? p90 ?? 0
    if (lagMs <= mostMs) return done
    attempts.push(lagMs)
    const shown = attempts.map((each) => each.toFixed(0)).join(', ')
    context.skip(attempts.length === 3, `the machine is too busy: requests were ${shown} ms late`)
  }
}
