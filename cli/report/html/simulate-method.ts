import type { LatencySource, SimulateResult } from '../../measure/results/simulate-result.ts'
import type { Markup } from './escape.ts'
import { COMMON, type Explanation, method } from './method.ts'

export function simulateMethod({ workload, latency, seed }: SimulateResult): Markup {
  const steps: Explanation[] = [
    [
      'What is simulated, and by what',
      `Time and sandboxes are simulated; the decisions are not: whether an invocation may run, in which sandbox, and which sandbox ends when, is decided by the same code that schedules real sandboxes in Sandlot. It is told what happens at each instant of a virtual clock. The workload (${workload.text}) and all that is left to chance follow from seed ${seed}: the same command with the same seed gives the same figures.`,
    ],
    ['Where the times come from', `${SOURCES[latency.kind]} ${latency.text}.`],
    [
      'What is measured',
      'Only how fast it was simulated: CPU time of this process, with making the workload and counting what came of it, and decisions per second of that, on the machine below.',
    ],
    [
      'Cold starts',
      'An invocation starts cold when its sandbox was started for it; one that finds a sandbox started ahead of demand, or a provisioned one, is warm. The share of a function is its own cold starts over its own invocations, so a function that is invoked once a day weighs as much as one that is invoked every second.',
    ],
    [
      'Idle memory',
      'Every sandbox takes the memory size of its function from the begin of its start to its end. GB-seconds are that memory times how long it was held: starting, busy or idle. AWS does not bill idle sandboxes on demand; whoever runs the machines pays for them.',
    ],
    [
      'Policies',
      'fixed: a sandbox is kept so long after each invocation. drawn: the same, for a time drawn anew each time. hybrid: a histogram of each function’s idle times decides when its sandbox ends, and when one is started ahead of the next invocation (Shahrad et al., “Serverless in the Wild”, USENIX ATC 2020). greedy-dual: kept as long as memory lasts; then the one goes that is worth least (Fuerst and Sharma, “FaasCache”, ASPLOS 2021). none: every invocation is cold.',
    ],
    [
      'Cost',
      'What Lambda would bill for what ran: requests, duration with its init, and provisioned concurrency, at list prices without the free tier. Throttled invocations cost nothing.',
    ],
    ...COMMON.slice(0, 1),
    [
      'What this is not',
      'A simulation is as good as what it is told: the times are drawn independently of each other and of the load, and a trace that was rounded to minutes has its invocations spread within them. Policies are compared on the same invocations, so their order is better founded than any single figure.',
    ],
  ]
  return method(steps)
}

const SOURCES: Readonly<Record<LatencySource['kind'], string>> = {
  measured:
    'Cold starts, runs and overhead are drawn from distributions that Sandlot has measured:',
  published:
    'Cold starts were not measured here, but by others; they are drawn through the quantiles that these have published:',
  given: 'Nothing of them was measured:',
}
