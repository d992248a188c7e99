import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

export const LAUNCHER = fileURLToPath(new URL('../../../cli/sandlot.mjs', import.meta.url))

/** Absolute path of a handler that only these tests use. */
export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/handlers/cli/${name}`, import.meta.url))

export interface RunOptions {
  readonly cwd?: string
  /** Standard input. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

export interface Run {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** Runs the real launcher, as a user would, without colours. */
export async function sandlot(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return runOf(await start(args, options), options)
}

/**
 * How it ended. Without the line that is about the machine and not about what the test does, that
 * sandboxes are confined less here than elsewhere; unless the test itself asks for a way to confine.
 */
export function runOf(
  { exitCode, stdout, stderr }: Partial<Run> & Pick<Run, 'stdout' | 'stderr'>,
  { env = {} }: RunOptions = {},
): Run {
  if (env.SANDLOT_ISOLATION !== undefined) return { exitCode, stdout, stderr }
  const lines = stderr.split('\n').filter((line) => !line.startsWith(ANNOUNCEMENT))
  return { exitCode, stdout, stderr: lines.join('\n') }
}

const ANNOUNCEMENT = 'sandlot: weaker than on Lambda here: '

/** For tests that have to do something while it runs. */
export function start(args: readonly string[], { cwd, input = '', env }: RunOptions = {}) {
  return execa(process.execPath, [LAUNCHER, ...args], {
    ...(cwd !== undefined && { cwd }),
    input,
    // A build server's summary is not about what the tests assert.
    env: { NO_COLOR: '1', SANDLOT_DEBUG: '', GITHUB_STEP_SUMMARY: '', ...env },
    reject: false,
    timeout: 120_000,
  })
}
