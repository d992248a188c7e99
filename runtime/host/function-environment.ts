import { dirname } from 'node:path'
import { REGION } from '../functions/arn.ts'
import type { SandboxSpec } from '../sandbox/sandbox.ts'

/**
 * The environment of a sandbox, made from nothing: no variable of the controller's reaches a
 * handler. A user's variables beat the defaults that Lambda lets users set, never the reserved ones.
 * Source: AWS Lambda Developer Guide, "Using Lambda environment variables".
 *
 * @param tmpPath the sandbox's own /tmp; `TMPDIR` points there, since `/tmp` itself cannot.
 */
export function functionEnvironment(spec: SandboxSpec, tmpPath: string): Record<string, string> {
  return { ...unreserved(tmpPath), ...spec.version.config.environment, ...reserved(spec) }
}

export const logGroupName = (functionName: string): string => `/aws/lambda/${functionName}`

const unreserved = (tmpPath: string): Record<string, string> => ({
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
  TMPDIR: tmpPath,
})

function reserved({ version, logStreamName }: SandboxSpec): Record<string, string> {
  const { config, code } = version
  const runtime = config.runtime ?? `nodejs${process.versions.node.split('.')[0]}.x`
  return {
    _HANDLER: config.handler,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memorySizeMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupName(config.name),
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    LAMBDA_TASK_ROOT: code.rootDir,
    LAMBDA_RUNTIME_DIR: code.rootDir,
    // SDKs refuse to start without credentials; these open nothing.
    AWS_ACCESS_KEY_ID: 'sandlot',
    AWS_SECRET_ACCESS_KEY: 'sandlot',
    AWS_SESSION_TOKEN: 'sandlot',
  }
}
