import { dirname, join } from 'node:path'
import { readEvent } from '../../event.ts'
import { UsageError } from '../../exit-codes.ts'
import { readManifest, readSamples } from '../../manifest.ts'
import { warn } from '../../report/warn.ts'
import { type Overrides, resolveTarget, type Target } from '../../target.ts'
import { workloadMeasurands } from '../workloads/workloads.ts'
import { DEMO_EVENTS } from './demo.ts'
import type { OtherBuild } from './other-build.ts'
import type { Measurand } from './variants.ts'

export interface TargetOptions {
  readonly event?: string | undefined
  readonly timeoutMs?: number | undefined
  /** Another build of the same functions, measured beside this one. */
  readonly against?: OtherBuild | undefined
}

/** The functions that were named, each also from the other build where there is one. */
export function namedFunctions(
  targets: readonly string[],
  { event = '{}', timeoutMs, against }: TargetOptions,
): Measurand[] {
  if (targets.length === 0) {
    throw new UsageError(
      'There is nothing to measure',
      'Name handler files or functions, or measure the samples with --demo.',
    )
  }
  const twice = targets.find((target, index) => targets.indexOf(target) !== index)
  if (twice !== undefined) throw new UsageError(`'${twice}' is named twice`)
  const payload = readEvent(event)
  return targets.flatMap((target) => {
    const { input, warnings } = resolveTarget(target, { timeoutMs })
    for (const warning of warnings) warn(warning)
    const here = { target, input, payload, build: null }
    if (against === undefined) return [here]
    const there = targetOfBuild(target, { timeoutMs }, against).input
    // What this build is measured against comes first, as in every comparison.
    return [{ target, input: there, payload, build: against.name }, here]
  })
}

function targetOfBuild(target: string, overrides: Overrides, build: OtherBuild): Target {
  const path = build.targetThere(target)
  const found = build.inside(() => {
    try {
      return resolveTarget(path, overrides, () => ownManifest(build))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      throw new UsageError(`--against ${build.name}: ${error.message}`, error.hint)
    }
  })
  const { rootDir, handler } = found.input
  build.prepare(dirname(join(rootDir, handler)))
  return found
}

/** The samples that ship with Sandlot are the same for every build. */
function ownManifest({ name }: OtherBuild) {
  const manifest = readManifest(undefined)
  if (manifest.isSamples) {
    throw new UsageError(
      `it has no template.yaml`,
      `Name handler files, or a build with a template: ${name} has none.`,
    )
  }
  return manifest
}

/** The samples, every one with an event of its own. */
export function demoFunctions(targets: readonly string[], options: TargetOptions): Measurand[] {
  refuseOthers('--demo measures the samples', targets, options)
  const { timeoutMs } = options
  const samples = readSamples()
  return Object.entries(DEMO_EVENTS).map(([target, payload]) => {
    const { input } = resolveTarget(target, { timeoutMs }, () => samples)
    return { target, input, payload, build: null }
  })
}

/** The workloads, every one with an event of its own, and with the store that they use. */
export function workloadFunctions(
  targets: readonly string[],
  options: TargetOptions,
  storeUrl: string,
): Measurand[] {
  refuseOthers('--workloads measures those that ship with Sandlot', targets, options)
  const { timeoutMs } = options
  return workloadMeasurands(storeUrl).map((each) =>
    timeoutMs === undefined ? each : { ...each, input: { ...each.input, timeoutMs } },
  )
}

function refuseOthers(what: string, targets: readonly string[], options: TargetOptions): void {
  if (targets.length > 0 || options.event !== undefined) {
    throw new UsageError(`${what} with their own events: name no others`)
  }
  if (options.against !== undefined) {
    throw new UsageError(`${what}, of which there is one build: leave --against out`)
  }
}
