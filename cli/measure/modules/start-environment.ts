import { functionArn } from '../../../runtime/functions/arn.ts'
import type { FunctionConfig } from '../../../runtime/functions/function-config.ts'
import type { PreparedCode } from '../../../runtime/functions/function-version.ts'
import { functionEnvironment } from '../../../runtime/host/function-environment.ts'
import { systemRandom } from '../../../runtime/host/system-random.ts'
import { newSandboxId } from '../../../runtime/kernel/ids.ts'
import { resourceLimits } from '../../../runtime/sandbox/resource-limits.ts'
import { logStreamName } from '../../../runtime/scheduler/log-stream-name.ts'

export interface StartPlaces {
  readonly nodePath: string
  /** Its /tmp. */
  readonly tmpDir: string
  /** Where its program lies. */
  readonly runtimeDir: string
}

const VERSION = '$LATEST'

/** The environment that a sandbox of this function would have. */
export function startEnvironment(
  config: FunctionConfig,
  code: PreparedCode,
  { nodePath, tmpDir, runtimeDir }: StartPlaces,
): Record<string, string> {
  const id = newSandboxId(systemRandom)
  const spec = {
    id,
    version: { config, code, version: VERSION, arn: functionArn(config.name) },
    limits: resourceLimits(config),
    logStreamName: logStreamName(Date.now(), VERSION, id),
    initializationType: 'on-demand' as const,
  }
  const places = { tmpDir, runtimeDir, taskRoot: code.rootDir, nodePath }
  return functionEnvironment(spec, places)
}
