import {
  DefaultReporter,
  type TestCase,
  type TestModule,
  type TestRunEndReason,
  type TestSuite,
} from 'vitest/node'
import { leftoversOf } from './leftovers.ts'
import { currentRunFolder } from './run-folder.ts'

type UnhandledErrors = Parameters<DefaultReporter['onTestRunEnd']>[1]

/**
 * The default report; then what tests have noted, each skipped test with its reason, and the last test
 * of every run, that nothing is left behind; and at the very end the line that scripts read: `N passed, N failed, N skipped`.
 */
export class SuiteReporter extends DefaultReporter {
  readonly #graceMs: number

  /** @param graceMs a process that was told to end needs a moment for it, longer on a busy machine. */
  constructor({ graceMs = 10_000 } = {}) {
    super()
    this.#graceMs = graceMs
  }

  override async onTestRunEnd(
    modules: readonly TestModule[],
    errors: UnhandledErrors,
    reason: TestRunEndReason,
  ): Promise<void> {
    super.onTestRunEnd(modules, errors, reason)
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    this.#listNotes(tests)
    this.#listSkipped(tests)
    const isClean = await this.#checkLeftovers()
    const count = (state: 'passed' | 'failed' | 'skipped'): number =>
      tests.filter((test) => test.result().state === state).length
    const failed = count('failed') + brokenOutsideTests(modules) + errors.length
    this.log(
      `${count('passed') + (isClean === true ? 1 : 0)} passed, ` +
        `${failed + (isClean === false ? 1 : 0)} failed, ${count('skipped')} skipped`,
    )
  }

  /** What tests annotate themselves with: the seeds that a run has drawn. */
  #listNotes(tests: readonly TestCase[]): void {
    for (const test of tests) {
      for (const { message } of test.annotations()) {
        this.log(`noted in ${test.module.relativeModuleId}: ${message}`)
      }
    }
  }

  #listSkipped(tests: readonly TestCase[]): void {
    // Tests that a name filter leaves out are not skipped by anybody's decision.
    if (this.ctx.config.testNamePattern !== undefined) return
    const groups = new Map<string, string[]>()
    for (const test of tests) {
      const result = test.result()
      if (result.state !== 'skipped') continue
      const why = result.note ?? (isInFailedSuite(test) ? 'its suite failed' : 'no reason given')
      const heading = `skipped in ${test.module.relativeModuleId}: ${why}`
      groups.set(heading, [...(groups.get(heading) ?? []), test.fullName])
    }
    for (const [heading, names] of groups) {
      this.log(heading)
      for (const name of names) this.log(`  ${name}`)
    }
  }

  /** `undefined` when the run has no folder of its own, and so nothing can be said. */
  async #checkLeftovers(): Promise<boolean | undefined> {
    const folder = currentRunFolder()
    if (folder === undefined) return undefined
    const left = await leftoversOf(folder, this.#graceMs)
    if (left.length === 0) {
      this.log('and one more passed: the run has left no process and no folder behind')
      return true
    }
    process.exitCode = 1
    this.log('and one more failed: the run must leave no process and no folder behind, but left')
    for (const line of left) this.log(`  ${line}`)
    return false
  }
}

function isInFailedSuite({ parent }: TestCase | TestSuite): boolean {
  return parent.errors().length > 0 || (parent.type === 'suite' && isInFailedSuite(parent))
}

/** Files and suites that failed themselves: an import that throws, a hook, a syntax error. */
function brokenOutsideTests(modules: readonly TestModule[]): number {
  return modules
    .flatMap((module) => [module, ...module.children.allSuites()])
    .filter((each) => each.errors().length > 0).length
}
