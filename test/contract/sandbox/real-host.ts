import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { functionArn } from '../../../runtime/functions/arn.ts'
import { parseFunctionConfig } from '../../../runtime/functions/function-config.ts'
import { bootstrapArtifact } from '../../../runtime/host/bootstrap-artifact.ts'
import { prepareCode } from '../../../runtime/host/code-package.ts'
import { surveyMachine } from '../../../runtime/host/isolation/survey.ts'
import { createProcessSandboxFactory } from '../../../runtime/host/process-sandbox.ts'
import { openRunDir } from '../../../runtime/host/run-dir.ts'
import { systemClock as clock } from '../../../runtime/host/system-clock.ts'
import { createThreadSandboxFactory } from '../../../runtime/host/thread-sandbox.ts'
import type { ContractHost } from './contract-lab.ts'

const HANDLERS = fileURLToPath(new URL('../../fixtures/handlers/contract', import.meta.url))

/** Real sandboxes, with a state folder of their own; processes are confined as it works everywhere. */
export async function openRealHost(isolation: 'process' | 'thread'): Promise<ContractHost> {
  const statePath = mkdtempSync(join(tmpdir(), 'sandlot-contract-state-'))
  const runDir = await openRunDir(statePath)
  const { processMainPath, threadMainPath } = await bootstrapArtifact(runDir.cachePath)
  const factory =
    isolation === 'process'
      ? createProcessSandboxFactory({
          clock,
          runDir,
          bootstrapPath: processMainPath,
          machine: await surveyMachine({ wanted: 'plain', runDir, clock }),
          limitsCpu: false,
        })
      : createThreadSandboxFactory({ clock, runDir, bootstrapPath: threadMainPath })
  return {
    factory,
    version: async (handler, environment) => {
      const name = 'contract'
      const memorySizeMb = 512
      const input = { name, handler, rootDir: HANDLERS, isolation, environment, memorySizeMb }
      const config = parseFunctionConfig(input)
      const { rootDir } = config
      const code = await prepareCode({ handler, rootDir, cachePath: runDir.cachePath })
      return { config, version: '$LATEST', arn: functionArn(name), code }
    },
    close: async () => {
      await factory.close()
      rmSync(statePath, { recursive: true, force: true })
    },
  }
}
