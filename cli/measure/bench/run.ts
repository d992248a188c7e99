import type { Emulator } from '../../../runtime/emulator.ts'
import type { InvokeResult } from '../../../runtime/invoke/invocation.ts'
import { isWarmedUp } from '../statistics/warm-up-policy.ts'
import type { RunCounts } from './bench-plan.ts'
import type { RunSamples } from './run-samples.ts'
import { type Sample, sampleOf } from './sample.ts'

/** What a run needs of a controller. */
export type RunEmulator = Pick<Emulator, 'invoke' | 'evict' | 'prepared'>

export interface RunInput {
  readonly functionName: string
  readonly payload: string
  readonly counts: RunCounts
}

/**
 * One run: cold starts one after the other, each with a few calls of that same sandbox; the last
 * sandbox is then called on until it is warm, and measured. Before them comes a cold start that is
 * in no series: the controller is fresh, and compiles its own code in it.
 *
 * What is cold and what is warm is what the sandbox's record says.
 */
export class Run {
  readonly #emulator: RunEmulator
  readonly #input: RunInput
  readonly #samples: Sample[] = []
  readonly #failures: Record<string, number> = {}
  #misclassified = 0
  #warmUpCalls: number | null = null
  #sequence = 0

  constructor(emulator: RunEmulator, input: RunInput) {
    this.#emulator = emulator
    this.#input = input
  }

  /** What was seen so far; also of a run that was interrupted. */
  seen(): RunSamples {
    return {
      samples: this.#samples,
      failures: this.#failures,
      misclassified: this.#misclassified,
      warmUpCalls: this.#warmUpCalls,
    }
  }

  /** @throws SandlotError `Closing` when the controller is closed meanwhile. */
  async carryOut(): Promise<void> {
    const { coldPerRun, warmPerRun } = this.#input.counts
    await this.#coldStart('warm-up')
    await this.#end()
    for (let visit = 1; visit <= coldPerRun; visit += 1) {
      await this.#coldStart('cold')
      const calls = await this.#nextCalls()
      if (visit === coldPerRun && warmPerRun > 0) await this.#warmCalls(calls)
      await this.#end()
    }
  }

  async #coldStart(series: Sample['series']): Promise<void> {
    const { functionName, payload } = this.#input
    // What is made ahead of a cold start is made before its time begins.
    await this.#emulator.prepared(functionName)
    const result = await this.#emulator.invoke({ functionName, payload, forceCold: true })
    this.#keep(result, { series, call: 1 })
  }

  /** Calls 2 to 10 of a sandbox; returns how many it has served then. */
  async #nextCalls(): Promise<number> {
    const { callsPerCold } = this.#input.counts
    for (let call = 2; call <= callsPerCold; call += 1) {
      await this.#call({ series: SERIES_OF_CALL[call] ?? 'warm-up', call })
    }
    return callsPerCold
  }

  async #warmCalls(callsBefore: number): Promise<void> {
    const { warmPerRun } = this.#input.counts
    const durationsMs: number[] = []
    let call = callsBefore
    while (!isWarm(durationsMs, warmPerRun)) {
      call += 1
      durationsMs.push(await this.#call({ series: 'warm-up', call }))
    }
    this.#warmUpCalls = call
    for (let counted = 0; counted < warmPerRun; counted += 1) {
      call += 1
      await this.#call({ series: 'warm', call })
    }
  }

  /** Returns how long it took. */
  async #call(place: Pick<Sample, 'series' | 'call'>): Promise<number> {
    const { functionName, payload } = this.#input
    const result = await this.#emulator.invoke({ functionName, payload })
    this.#keep(result, place)
    return result.totalMs
  }

  /** The sandbox has served: it must not compete for memory and CPU with the next one. */
  async #end(): Promise<void> {
    await this.#emulator.evict(this.#input.functionName)
  }

  #keep(result: InvokeResult, { series, call }: Pick<Sample, 'series' | 'call'>): void {
    this.#sequence += 1
    if (result.outcome !== 'success') {
      const type = result.errorType ?? result.outcome
      this.#failures[type] = (this.#failures[type] ?? 0) + 1
    } else if (result.coldStart !== (call === 1)) {
      this.#misclassified += 1
    } else {
      this.#samples.push(sampleOf(result, { series, call, sequence: this.#sequence }))
    }
  }
}

/** By the rule; but no more calls are given up than will be counted, or ten. */
const isWarm = (durationsMs: readonly number[], warmPerRun: number): boolean =>
  durationsMs.length >= Math.max(10, warmPerRun) || isWarmedUp(durationsMs)

const SERIES_OF_CALL: Readonly<Record<number, Sample['series']>> = { 2: 'second', 10: 'tenth' }
