import type { MeasuredRun } from '../../measure/bench/bench-hooks.ts'
import { variantId } from '../../measure/bench/bench-plan.ts'
import type { BenchResult } from '../../measure/results/bench-result.ts'

/** A benchmark as `--json` writes it: every field is there, `null` where there is no figure. */
export const benchJson = (result: BenchResult): string =>
  `${JSON.stringify(result, (_, value: unknown) => (value === undefined ? null : value))}\n`

/** The samples of a run as `--samples` writes them, one JSON object a line. */
export const sampleLines = ({ variant, block, seen }: MeasuredRun): string =>
  seen.samples
    .map((sample) => `${JSON.stringify({ variant: variantId(variant), run: block, ...sample })}\n`)
    .join('')
