import { functionArn } from '../../../runtime/functions/arn.ts'
import type { RecordPorts } from '../../../runtime/functions/deployed-function.ts'
import {
  type FunctionInput,
  parseFunctionConfig,
} from '../../../runtime/functions/function-config.ts'
import type { FunctionVersion } from '../../../runtime/functions/function-version.ts'

/** `$LATEST` of a function. */
export function latest(
  name: string,
  more: Partial<FunctionInput> = {},
  sha256 = 'code',
): FunctionVersion {
  const config = parseFunctionConfig({
    name,
    handler: 'index.handler',
    rootDir: '/code',
    ...more,
  })
  const code = {
    rootDir: '/code',
    modulePath: '/code/index.js',
    moduleFormat: 'commonjs',
    exportPath: ['handler'],
    allowDefaultExport: false,
    sourceMaps: false,
    sha256,
  } as const
  return { config, version: '$LATEST', arn: functionArn(name), code }
}

/** Every revision has an id of its own: `r1`, `r2`, … */
export function recordPorts(): RecordPorts {
  let revisions = 0
  return {
    wallMs: () => 1_000,
    newRevisionId: () => {
      revisions += 1
      return `r${revisions}`
    },
  }
}
