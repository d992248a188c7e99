// Wakes up so many times a second and does nothing: what is late here is late in every process of
// this machine.
import { setTimeout as delay } from 'node:timers/promises'
import { quantile } from '../../../cli/measure/statistics/quantiles.ts'
import { answerQuestions } from './answer-questions.ts'

export interface PacerOrder {
  readonly perSecond: number
  readonly durationMs: number
}

/** A timer may be as late as this: from there on it looks at the clock all the time. */
const WATCH_MS = 2

answerQuestions(lagP99)

/** How late 99 of 100 wake-ups were at most, milliseconds. */
async function lagP99({ perSecond, durationMs }: PacerOrder): Promise<number> {
  const lags: number[] = []
  const beganMs = performance.now()
  const count = (perSecond * durationMs) / 1_000
  for (let done = 0; done < count; done += 1) {
    const dueMs = beganMs + (done / perSecond) * 1_000
    if (dueMs - performance.now() > WATCH_MS) await delay(dueMs - performance.now() - WATCH_MS)
    while (performance.now() < dueMs) await new Promise(setImmediate)
    lags.push(performance.now() - dueMs)
  }
  return quantile(lags, 0.99) ?? Number.NaN
}
