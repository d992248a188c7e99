import { functionArn } from '../functions/arn.ts'
import type { VersionRecord } from '../functions/deployed-function.ts'

/** Lambda's names of the two architectures that Node runs on there. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' }

/**
 * A version as Lambda's API tells of it. What is not known here is left out: the role and the size of the
 * package. Source: AWS Lambda API reference, `FunctionConfiguration`.
 */
export function functionConfiguration({
  version: { config, version, code },
  description,
  revisionId,
  modifiedMs,
}: VersionRecord) {
  const architecture = ARCHITECTURES[process.arch]
  const hasVariables = Object.keys(config.environment).length > 0
  return {
    FunctionName: config.name,
    FunctionArn: `${functionArn(config.name)}:${version}`,
    Runtime: config.runtime ?? `nodejs${process.versions.node.split('.')[0]}.x`,
    Handler: config.handler,
    Description: description,
    Timeout: config.timeoutMs / 1_000,
    MemorySize: config.memorySizeMb,
    LastModified: lambdaDate(modifiedMs),
    CodeSha256: code.sha256,
    Version: version,
    ...(hasVariables && { Environment: { Variables: config.environment } }),
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: revisionId,
    PackageType: 'Zip',
    ...(architecture !== undefined && { Architectures: [architecture] }),
    EphemeralStorage: { Size: config.ephemeralStorageMb },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${config.name}` },
  }
}

/** `2026-11-23T10:00:00.000+0000`: the offset without a colon. */
export const lambdaDate = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000')
