import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { HANDLERS } from '../functions.ts'
import { ended } from '../program.ts'
import type { Target } from '../programs/http-client.ts'
import { freePort } from './free-port.ts'

/** serverless-offline, with the open fork of the CLI that it is a plug-in of: no account is needed. */
export const SERVERLESS_OFFLINE = ['osls@4', 'serverless-offline@14'] as const

export interface ServerlessOffline {
  readonly warm: Target
  /** Functions that nobody has called yet. */
  readonly cold: readonly Target[]
  end(): Promise<void>
}

const END_WITH_PARENT = fileURLToPath(new URL('end-with-parent.cjs', import.meta.url))
const START_MS = 60_000
const LOOK_AGAIN_MS = 100

/**
 * Starts it with the same handler under several names; it takes the same requests as Lambda does.
 *
 * @throws Error when it ends or does not answer.
 */
export async function startServerlessOffline(
  folder: string,
  coldFunctions: number,
): Promise<ServerlessOffline> {
  const app = join(folder, 'app')
  const home = join(folder, 'home')
  for (const made of [app, home]) mkdirSync(made)
  copyFileSync(join(HANDLERS, 'hello.mjs'), join(app, 'hello.mjs'))
  const [httpPort, lambdaPort] = [await freePort(), await freePort()]
  const cold = Array.from({ length: coldFunctions }, (_, index) => `cold${index}`)
  writeFileSync(
    join(app, 'serverless.yml'),
    JSON.stringify(serviceOf(['warm', ...cold], { httpPort, lambdaPort })),
  )
  const child = start(folder, app, home)
  const target = (name: string): Target => ({
    origin: `http://127.0.0.1:${lambdaPort}`,
    path: `/2015-03-31/functions/rival-dev-${name}/invocations`,
  })
  const end = (): Promise<void> => ended(child)
  try {
    await untilItAnswers(child, target('warm'))
  } catch (error) {
    await end()
    throw error
  }
  return { warm: target('warm'), cold: cold.map(target), end }
}

interface Ports {
  readonly httpPort: number
  readonly lambdaPort: number
}

/** JSON is YAML. */
const serviceOf = (names: readonly string[], ports: Ports) => ({
  service: 'rival',
  frameworkVersion: '*',
  provider: { name: 'aws', runtime: 'nodejs20.x' },
  plugins: ['serverless-offline'],
  functions: Object.fromEntries(
    names.map((name) => [name, { handler: 'hello.handler', memorySize: 1_769, timeout: 60 }]),
  ),
  custom: { 'serverless-offline': { host: '127.0.0.1', ...ports } },
})

/** It sees nothing of this user's settings, and asks nobody for anything. */
function start(folder: string, app: string, home: string): ChildProcess {
  const cli = join(folder, 'node_modules', 'osls', 'bin', 'serverless.js')
  return spawn(process.execPath, ['--require', END_WITH_PARENT, cli, 'offline', 'start'], {
    cwd: app,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      CI: 'true',
      SLS_TELEMETRY_DISABLED: '1',
      SLS_NOTIFICATIONS_MODE: 'off',
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      AWS_REGION: 'us-east-1',
    },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
}

async function untilItAnswers(child: ChildProcess, { origin, path }: Target): Promise<void> {
  let failure: string | undefined
  child.once('error', ({ message }) => {
    failure = message
  })
  child.once('exit', (code, signal) => {
    failure = `it ended with ${signal ?? code}`
  })
  const beganMs = performance.now()
  while (performance.now() - beganMs < START_MS) {
    if (failure !== undefined) throw new Error(failure)
    const answer = await fetch(origin + path, { method: 'POST', body: '{}' }).catch(() => undefined)
    if (answer?.ok) return
    await delay(LOOK_AGAIN_MS)
  }
  throw new Error(`it did not answer within ${START_MS / 1_000} s`)
}
