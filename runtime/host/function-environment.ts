import { dirname } from 'node:path'
import { REGION } from '../functions/arn.ts'
import type { SandboxSpec } from '../sandbox/sandbox.ts'

/**
 * The environment of a sandbox, made from nothing: no variable of the controller's reaches a
 * handler. A user's variables beat the defaults that Lambda lets users set, never the reserved ones.
 * Source: AWS Lambda Developer Guide, "Using Lambda environment variables".
 */
export function functionEnvironment(spec: SandboxSpec, places: Places): Record<string, string> {
  const { environment } = spec.version.config
  return { ...unreserved(places), ...environment, ...reserved(spec, places) }
}

/** Paths as the function sees them. */
export interface Places {
  /** The sandbox's own /tmp, for `TMPDIR`; absent where it is at /tmp itself. */
  readonly tmpDir: string | undefined
  readonly taskRoot: string
  readonly runtimeDir: string
  /** Of the Node that runs it. */
  readonly nodePath: string
}

export const logGroupName = (functionName: string): string => `/aws/lambda/${functionName}`

const unreserved = ({ tmpDir, nodePath }: Places): Record<string, string> => ({
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  PATH: `${dirname(nodePath)}:/usr/local/bin:/usr/bin:/bin`,
  ...(tmpDir !== undefined && { TMPDIR: tmpDir }),
})

function reserved(
  { version, logStreamName, initializationType }: SandboxSpec,
  { taskRoot, runtimeDir }: Places,
): Record<string, string> {
  const { config } = version
  const runtime = config.runtime ?? `nodejs${process.versions.node.split('.')[0]}.x`
  return {
    _HANDLER: config.handler,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memorySizeMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: initializationType,
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupName(config.name),
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: runtimeDir,
    // SDKs refuse to start without credentials; these open nothing.
    AWS_ACCESS_KEY_ID: 'sandlot',
    AWS_SECRET_ACCESS_KEY: 'sandlot',
    AWS_SESSION_TOKEN: 'sandlot',
  }
}
