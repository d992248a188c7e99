/**
 * Variables that the runtime sets and a function may not.
 * Source: AWS Lambda Developer Guide, "Using Lambda environment variables".
 */
export const RESERVED_VARIABLES: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
  'AWS_LAMBDA_MAX_CONCURRENCY',
  'AWS_LAMBDA_METADATA_API',
  'AWS_LAMBDA_METADATA_TOKEN',
])

/** All variables of a function together, as JSON, in bytes. */
const MAX_BYTES = 4_096

const NAME = /^[A-Za-z][A-Za-z0-9_]+$/

/** What is wrong with a function's variables, one sentence; `undefined` when nothing is. */
export function environmentProblem(
  environment: Readonly<Record<string, string>>,
): string | undefined {
  const names = Object.keys(environment)
  const reserved = names.filter((name) => RESERVED_VARIABLES.has(name))
  if (reserved.length > 0) {
    return `${reserved.join(', ')}: reserved, set by the runtime; choose another name`
  }
  const malformed = names.find((name) => !NAME.test(name))
  if (malformed !== undefined) {
    return `'${malformed}' must start with a letter and have at least two letters, digits or underscores`
  }
  const bytes = new TextEncoder().encode(JSON.stringify(environment)).length
  return bytes > MAX_BYTES
    ? `takes ${bytes} bytes as JSON; all variables together may take ${MAX_BYTES}`
    : undefined
}
