import type { Confinement } from '../../../runtime/emulator.ts'
import type { EmulatorOptions } from '../../../runtime/emulator-options.ts'
import type { FunctionInput } from '../../../runtime/functions/function-config.ts'
import type { RunInput } from './run.ts'
import type { RunSamples } from './run-samples.ts'

/** What the process of a run is asked to do, once. */
export type RunOrder =
  /** Deploy the functions and tell how they would be confined: nothing is measured. */
  | {
      readonly kind: 'check'
      readonly options: EmulatorOptions
      readonly functions: readonly FunctionInput[]
    }
  | {
      readonly kind: 'run'
      readonly options: EmulatorOptions
      readonly function: FunctionInput
      readonly input: Omit<RunInput, 'functionName'>
    }

/** From the parent: an order, or the wish to end what runs, in order. */
export type ToRun = RunOrder | { readonly kind: 'stop' }

/** From the process of a run. It ends after `checked`, `ran` and `failed`. */
export type FromRun =
  | { readonly kind: 'ready' }
  | { readonly kind: 'checked'; readonly confinement: Confinement }
  | { readonly kind: 'ran'; readonly seen: RunSamples; readonly confinement: Confinement }
  | { readonly kind: 'failed'; readonly error: RunError }

/** A `SandlotError` on its way between two processes. */
export interface RunError {
  /** Absent: none of ours. */
  readonly code: string | undefined
  readonly message: string
  readonly hint: string | undefined
  readonly stack: string | undefined
}
