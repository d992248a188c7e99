import { type ModuleReport, measureModules } from '../modules/measure-modules.ts'
import type { VariantToRun } from './bench-plan.ts'

/**
 * What loading the code of each variant takes, by separate starts: once for variants that differ in
 * nothing that such a start would see, one after the other.
 */
export async function modulesOf(
  variants: readonly VariantToRun[],
  signal: AbortSignal | undefined,
): Promise<ModuleReport[]> {
  const known = new Map<string, ModuleReport>()
  const reports: ModuleReport[] = []
  for (const { input, node } of variants) {
    const { rootDir, handler, environment, memorySizeMb } = input
    const key = JSON.stringify([rootDir, handler, environment, memorySizeMb, node.path])
    const report =
      known.get(key) ?? (await measureModules({ input, nodePath: node.path }, { signal }))
    known.set(key, report)
    reports.push(report)
  }
  return reports
}
