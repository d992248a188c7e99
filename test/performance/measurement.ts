import type { Emulator } from '../../runtime/emulator.ts'
import type { EmulatorOptions } from '../../runtime/emulator-options.ts'
import type { Program, ProgramOptions } from './program.ts'

/** Measures what one or a few promises are about, against a baseline in the same run. */
export interface Measurement {
  /** For `--only`, and what `runtime/SPECIFICATION.md` calls it. */
  readonly name: string
  readonly title: string
  measure(bench: Bench): Promise<Measured>
}

/** What a measurement works with. */
export interface Bench {
  /** As many of something as there are to be: few when in a hurry. */
  count(usual: number, quick: number): number
  show(done: number, total: number, unit: string): void
  /** A controller, closed after the measurement. */
  open(options?: EmulatorOptions): Promise<Emulator>
  /** One of `programs/`, ended after the measurement. */
  start(name: string, options?: ProgramOptions): Program
  /** An empty folder, removed after the measurement. */
  scratch(): string
  /** Sandboxes to be asleep at once, where it was asked for. */
  readonly sandboxes: number | undefined
}

export interface Measured {
  readonly figures: readonly Figure[]
  /** What must be known to read the figures; one sentence each. */
  readonly notes?: readonly string[]
  /** Why there is no figure. */
  readonly skipped?: string
}

export type Unit = 'ms' | 'times' | 'MB' | 'per second' | 'seconds' | 'left'

/** The median of `n` values. */
export interface Figure {
  readonly what: string
  readonly unit: Unit
  readonly n: number
  readonly value: number
  readonly quartiles: readonly [number, number]
  /** Where the median lies of all the values that there could have been, with 95 % confidence. */
  readonly interval: readonly [number, number]
  /** A promise; absent for what is only shown. */
  readonly promised?: Bounds
}

export interface Bounds {
  readonly atLeast?: number
  readonly atMost?: number
}
