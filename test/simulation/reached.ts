import type { SchedulerAction, SchedulerEvent } from '../../runtime/scheduler/scheduler-events.ts'

/** What came about in a history, in short words: it is worth something only if it reaches everything. */
export class Reached {
  readonly words = new Set<string>()

  event(event: SchedulerEvent): void {
    if (event.type === 'timerFired') this.words.add(`fired ${event.timer.kind}`)
  }

  action(action: SchedulerAction): void {
    const word = wordOf(action)
    if (word !== undefined) this.words.add(word)
  }
}

function wordOf(action: SchedulerAction): string | undefined {
  switch (action.type) {
    case 'assign':
      return `${action.why}, ${action.concurrency}`
    case 'throttle':
      return action.reason
    case 'stop':
    case 'reset':
      return `${action.type}: ${action.reason}`
    case 'finish':
      return `finish: ${action.how}`
    case 'refuse':
      return 'refuse'
    case 'provisioned':
    case 'keptWarm':
      return `${action.type}: ${action.state.statusReason ?? action.state.status}`
    default:
      return undefined
  }
}

/** All that there is. */
export const EVERYTHING: readonly string[] = [
  ...[
    'no sandbox',
    'all busy',
    'forced',
    'reset after timeout',
    'reset after crash',
    'reused',
  ].flatMap((why) => [`${why}, on-demand`, `${why}, spillover`]),
  'reused, provisioned',
  'ConcurrentInvocationLimitExceeded',
  'ReservedFunctionConcurrentInvocationLimitExceeded',
  'FunctionInvocationRateLimitExceeded',
  'ReservedFunctionInvocationRateLimitExceeded',
  'CallerRateLimitExceeded',
  'refuse',
  ...['idle', 'memory pressure', 'recycled', 'evicted', 'replaced'].map((why) => `stop: ${why}`),
  ...['init failed', 'not provisioned', 'runtime exited'].map((why) => `stop: ${why}`),
  ...['failure', 'closing'].map((why) => `stop: ${why}`),
  ...['init timeout', 'timeout', 'runtime ends'].map((why) => `reset: ${why}`),
  ...['answered', 'timeout', 'crash', 'init failed', 'lost', 'closing'].map(
    (how) => `finish: ${how}`,
  ),
  ...['provisioned', 'keptWarm'].flatMap((pool) => [
    `${pool}: READY`,
    `${pool}: IN_PROGRESS`,
    `${pool}: FUNCTION_ERROR_INIT_FAILURE`,
    `${pool}: SANDLOT_OUT_OF_MEMORY`,
  ]),
  ...['init', 'deadline', 'freeze', 'idle', 'prewarm', 'allocate'].map((kind) => `fired ${kind}`),
]
