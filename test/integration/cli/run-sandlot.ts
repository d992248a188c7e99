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
  const { exitCode, stdout, stderr } = await start(args, options)
  return { exitCode, stdout, stderr: stderr.replace(ANNOUNCEMENT, '') }
}

/** What it says where sandboxes are confined less than elsewhere: that is about the machine. */
const ANNOUNCEMENT = /^sandlot: weaker than on Lambda here: .*\n?/m

/** For tests that have to do something while it runs. */
export function start(args: readonly string[], { cwd, input = '', env }: RunOptions = {}) {
  return execa(process.execPath, [LAUNCHER, ...args], {
    ...(cwd !== undefined && { cwd }),
    input,
    env: { NO_COLOR: '1', SANDLOT_DEBUG: '', ...env },
    reject: false,
    timeout: 60_000,
  })
}
