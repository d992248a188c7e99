import type { AssertionOutcome } from '../../measure/assertions/assertion.ts'
import type { ResultComparison } from '../../measure/compare/compare-results.ts'

/** A comparison as `compare --json` prints it. Raise `schemaVersion` when a reader would have to change. */
export function compareJson(
  comparison: ResultComparison,
  assertions: readonly AssertionOutcome[],
): object {
  const { kind, files, warnings, differences } = comparison
  return {
    schema: 'sandlot-compare',
    schemaVersion: 1,
    kind,
    files: files.map(({ id, path, result: { startedAt } }) => ({ id, path, startedAt })),
    warnings,
    environmentDifferences: differences,
    ...(comparison.kind === 'bench'
      ? {
          smallestEffect: comparison.smallestEffect,
          seed: comparison.seed,
          pairs: comparison.pairs.map(({ label, a, b, comparisons }) => ({
            label,
            a: a.id,
            b: b.id,
            comparisons,
          })),
        }
      : {
          loads: comparison.files.map(({ id, result: { answered, outcomes } }) => ({
            id,
            responseMs: { p50: answered.responseMs.p50, p99: answered.responseMs.p99 },
            serviceMs: { p50: answered.serviceMs.p50, p99: answered.serviceMs.p99 },
            outcomes: outcomes.map(({ outcome, reason, count }) => ({ outcome, reason, count })),
          })),
        }),
    assertions,
  }
}
