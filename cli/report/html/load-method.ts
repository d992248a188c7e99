import type { LoadResult } from '../../measure/results/load-result.ts'
import type { Markup } from './escape.ts'
import { COMMON, type Explanation, method } from './method.ts'

export function loadMethod({ workload, seed }: LoadResult): Markup {
  const steps: Explanation[] = [
    [
      workload.loop === 'open' ? 'An open loop' : 'A closed loop',
      workload.loop === 'open'
        ? `Requests were sent at instants planned beforehand (${workload.text}, seed ${seed}), whether or not earlier ones had been answered, as independent callers do. A target that stalls does not slow the load down.`
        : `A fixed number of callers each sent a request when the one before was answered (${workload.text}). A target that stalls slows such a load down, and so hides its own stalls: the latencies are those of these callers only, and flatter than what independent callers would see.`,
    ],
    [
      'Response and service time',
      'Response time counts from the instant a request was planned for to the end of its answer; it is the headline. Service time counts from when it was really sent. If the generator is late, or too many requests are in flight, only the response time shows that.',
    ],
    [
      'Validity',
      'The generator has a process of its own and watches itself: how much later than planned it sent, the rate it reached, how late its event loop was, what it did not send. If it did not keep to its plan the run is called invalid, since its latencies would then be the generator’s.',
    ],
    [
      'Outcomes',
      'Cold, warm, throttled, timed out, out of memory and failed requests are never mixed: a throttle is answered in a moment and would make any percentile look better. “Answered” means by the function itself: cold and warm.',
    ],
    [
      'Counts',
      'Generator, controller and sandboxes count by themselves; at the end the counts must agree, or the difference is told.',
    ],
    [
      'Intervals',
      'A load test is one run, so its percentiles have none: how they would differ in another run can only be seen by repeating it.',
    ],
    ...COMMON,
  ]
  return method(steps)
}
