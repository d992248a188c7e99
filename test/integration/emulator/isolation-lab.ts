import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Confinement, createEmulator } from '../../../runtime/emulator.ts'
import type { FunctionInput } from '../../../runtime/functions/function-config.ts'
import type { EmulatorUnderTest } from './use-emulator.ts'

/** How processes are confined on this machine, in the mode that the run asks for. */
export async function confinementHere(): Promise<Confinement> {
  const folder = mkdtempSync(join(tmpdir(), 'sandlot-confinement-'))
  const emulator = await createEmulator({ stateDir: folder })
  await emulator.close()
  rmSync(folder, { recursive: true })
  return emulator.confinement
}

/** Why tests of namespaces are skipped. */
export const NEEDS_NAMESPACES = 'needs namespaces: sandboxes are confined in plain mode here'

/** The function that tries what its event asks for. */
export const confined = (overrides: Partial<FunctionInput> = {}): Partial<FunctionInput> => ({
  name: 'confined',
  handler: 'isolation.handler',
  ...overrides,
})

/** What a function answers; throws when it fails. */
export async function ask<Answer>(
  { run }: EmulatorUnderTest,
  event: object,
  functionName = 'confined',
): Promise<Answer> {
  const { outcome, payload } = await run(functionName, event)
  const text = Buffer.from(payload).toString('utf8')
  if (outcome !== 'success') throw new Error(`${outcome}: ${text}`)
  return JSON.parse(text) as Answer
}

/** What the system has of controllers that keep their things in a state folder. */
export interface Traces {
  readonly mounts: readonly string[]
  /** Files that loop devices are made of. */
  readonly loops: readonly string[]
  readonly controlGroups: readonly string[]
  /** Command lines. */
  readonly processes: readonly string[]
}

export const NO_TRACES: Traces = { mounts: [], loops: [], controlGroups: [], processes: [] }

/** @param controllers names of their folders below `stateDir`; they may be gone by now. */
export const tracesOf = (stateDir: string, controllers: readonly string[]): Traces => ({
  mounts: textOf('/proc/self/mountinfo')
    .split('\n')
    .filter((line) => line.includes(stateDir)),
  loops: namesIn('/sys/block')
    .map((name) => textOf(`/sys/block/${name}/loop/backing_file`))
    .filter((path) => path.includes(stateDir)),
  controlGroups: foldersBelow('/sys/fs/cgroup').filter((path) =>
    controllers.some((name) => path.includes(name)),
  ),
  processes: processesNaming(stateDir).map(commandOf),
})

/** Processes that have a text in their command line, in this pid namespace and those below. */
export const processesNaming = (text: string): number[] =>
  namesIn('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && commandOf(pid).includes(text))

const commandOf = (pid: number): string => textOf(`/proc/${pid}/cmdline`)

function foldersBelow(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(path, name))
      .flatMap((each) => [each, ...foldersBelow(each)])
  } catch {
    // Not there, or gone by now.
    return []
  }
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
