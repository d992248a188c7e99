import { dirname, join } from 'node:path'
import { SandlotError } from '../../../runtime/kernel/errors.ts'
import { environment } from '../environment.ts'
import { watchMachine } from '../machine/watch-machine.ts'
import type { BenchResult } from '../results/bench-result.ts'
import type { BenchHooks } from './bench-hooks.ts'
import { type BenchPlan, variantsToRun } from './bench-plan.ts'
import { benchResult } from './bench-result-of.ts'
import { checkVariants } from './check-variants.ts'
import { modulesOf } from './modules-of.ts'
import { runBlocks } from './run-blocks.ts'
import { RunChildren } from './run-children.ts'

/**
 * Carries out a plan: blocks in which every variant has one run, each in a process of its own with a
 * controller of its own. Nothing of it is left when this ends, however it ends.
 *
 * @throws SandlotError for a variant that cannot be measured here, before anything is measured;
 *   `Closing` when `signal` comes as early as that.
 */
export async function bench(plan: BenchPlan, hooks: BenchHooks): Promise<BenchResult> {
  const { signal } = hooks
  const children = new RunChildren()
  const stop = (): void => children.stop()
  signal?.addEventListener('abort', stop)
  if (signal?.aborted === true) stop()
  try {
    return await measure(plan, hooks, children)
  } finally {
    signal?.removeEventListener('abort', stop)
    await children.end()
  }
}

async function measure(
  plan: BenchPlan,
  hooks: BenchHooks,
  children: RunChildren,
): Promise<BenchResult> {
  const { signal, hashesNode } = hooks
  const variants = variantsToRun(plan)
  const startedAt = new Date().toISOString()
  const confinements = await checkVariants(variants, plan, children).catch((error: unknown) => {
    throw signal?.aborted === true ? interruptedAtOnce(error) : error
  })
  const [first] = confinements
  if (first === undefined || signal?.aborted === true) throw interruptedAtOnce(undefined)
  const folder = codeFolder(variants[0]?.input)
  const before = environment(first, { folder, hashesNode })
  const watched = watchMachine()
  const blocks = await runBlocks({ variants, plan, hooks, children })
  const after = watched()
  const modules = plan.modules && blocks.endedBy !== 'interruption' ? variants : []
  return benchResult({
    plan,
    startedAt,
    environment: { ...before, ...after },
    confinements: confinements.map(({ mode }) => mode),
    blocks,
    modules: await modulesOf(modules, signal),
  })
}

const interruptedAtOnce = (cause: unknown): SandlotError =>
  new SandlotError('Closing', 'Interrupted before anything was measured', { cause })

/** Of a handler in a folder below the root. */
const codeFolder = (input: { rootDir: string; handler: string } | undefined): string | undefined =>
  input === undefined ? undefined : dirname(join(input.rootDir, input.handler))
