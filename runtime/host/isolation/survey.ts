import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Clock } from '../../kernel/clock.ts'
import { isSandlotError, SandlotError } from '../../kernel/errors.ts'
import type { ProcessExit } from '../process-exit.ts'
import type { RunDir } from '../run-dir.ts'
import { CONTROL_GROUP_PREFIX, type ControlGroups, openControlGroups } from './control-groups.ts'
import { makeGate } from './gate.ts'
import { type NamespaceMode, startHolder, type TmpSource } from './holder.ts'
import type { IsolationMode, Machine, MachineReasons } from './machine.ts'
import { buildRootTree, type RootTree } from './root-tree.ts'
import { tmpTemplate } from './tmp-image.ts'

export interface SurveyInput {
  readonly wanted: IsolationMode | 'auto'
  readonly runDir: RunDir
  readonly clock: Clock
  /** Try everything anew, whatever an earlier survey has found. */
  readonly isFresh?: boolean
}

/** What was found by trying; the same until the machine is started anew or somebody else asks. */
interface Findings {
  readonly mode: IsolationMode
  readonly tmp: Machine['tmp']
  readonly canOwnNetwork: boolean
  readonly canLimitProcesses: boolean
  readonly reasons: MachineReasons
}

/**
 * Finds the strongest way to confine processes that works here, by trying it: what the system says it
 * can do is often not what it lets us do.
 *
 * @throws SandlotError `InvalidParameterValue` when the mode that was asked for does not work here.
 */
export async function surveyMachine(input: SurveyInput): Promise<Machine> {
  const { wanted, runDir } = input
  const known = input.isFresh === true ? undefined : remembered(input)
  const found = known ?? (await tryOut(input))
  if (wanted !== 'auto' && found.mode !== wanted) {
    throw new SandlotError(
      'InvalidParameterValue',
      `Isolation '${wanted}' does not work here: ${found.reasons.namespaces ?? 'no reason given'}`,
      { hint: "'sandlot limits' tells what works, and what would make it stronger." },
    )
  }
  if (known === undefined) remember(input, found)
  const opened = found.mode === 'plain' ? NOT_IN_PLAIN : openControlGroups(groupName(runDir))
  const controlGroups = 'reason' in opened ? undefined : opened
  const reasons =
    'reason' in opened ? { ...found.reasons, controlGroups: opened.reason } : found.reasons
  const canWatch = process.platform === 'linux'
  return { ...found, canWatch, controlGroups, limited: limitedBy(found, controlGroups), reasons }
}

const NOT_IN_PLAIN = { reason: 'they come with namespaces' } as const

const groupName = ({ path }: RunDir): string => `${CONTROL_GROUP_PREFIX}${basename(path)}`

const limitedBy = (
  { canLimitProcesses }: Findings,
  controlGroups: ControlGroups | undefined,
): Machine['limited'] => ({
  memory: controlGroups?.controllers.memory !== undefined,
  cpu: controlGroups?.controllers.cpu !== undefined,
  processes: canLimitProcesses || controlGroups?.controllers.pids !== undefined,
})

async function tryOut(input: SurveyInput): Promise<Findings> {
  const plain = (why: string): Findings => ({
    mode: 'plain',
    tmp: 'folder',
    canOwnNetwork: false,
    canLimitProcesses: false,
    reasons: { namespaces: why, tmp: 'needs namespaces', network: 'needs namespaces' },
  })
  if (input.wanted === 'plain') return plain('not asked for')
  if (process.platform !== 'linux') return plain('only Linux has them')
  const isRoot = process.getuid?.() === 0
  const mode = input.wanted === 'auto' ? (isRoot ? 'root' : 'user') : input.wanted
  if (mode === 'root' && !isRoot) return plain('it needs root')
  const folder = mkdtempSync(join(input.runDir.path, 'survey-'))
  try {
    return await tryNamespaces(mode, folder, input)
  } catch (error) {
    if (!isSandlotError(error)) throw error
    return plain(error.message)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const TRIAL_TMP_MB = 512

async function tryNamespaces(
  mode: NamespaceMode,
  folder: string,
  { runDir, clock }: SurveyInput,
): Promise<Findings> {
  const tree = trialTree(folder, runDir)
  const tmpfs: TmpSource = { sizeMb: TRIAL_TMP_MB }
  await trial({ mode, tree, tmp: tmpfs, ownNetwork: false, clock })
  const reasons: { -readonly [Key in keyof MachineReasons]: MachineReasons[Key] } = {}
  let canOwnNetwork = true
  await trial({ mode, tree, tmp: tmpfs, ownNetwork: true, clock }).catch((error: Error) => {
    canOwnNetwork = false
    reasons.network = error.message
  })
  if (mode === 'user') {
    reasons.tmp = 'only root may mount an image'
    const canLimitProcesses = await limitsProcesses({ mode, tree, tmp: tmpfs, clock })
    return { mode, tmp: 'tmpfs', canOwnNetwork, canLimitProcesses, reasons }
  }
  try {
    const templatePath = await tmpTemplate(runDir.cachePath, TRIAL_TMP_MB)
    const image = { templatePath, path: join(folder, 'tmp.ext4') }
    await trial({ mode, tree, tmp: { sizeMb: TRIAL_TMP_MB, image }, ownNetwork: false, clock })
    return { mode, tmp: 'image', canOwnNetwork, canLimitProcesses: false, reasons }
  } catch (error) {
    reasons.tmp = (error as Error).message
    return { mode, tmp: 'tmpfs', canOwnNetwork, canLimitProcesses: false, reasons }
  }
}

function trialTree(folder: string, runDir: RunDir): RootTree {
  const [code, tree] = ['code', 'tree'].map((name) => join(folder, name)) as [string, string]
  for (const each of [code, tree]) {
    mkdirSync(each)
    // Another user enters it, whatever this process's umask.
    chmodSync(each, 0o755)
  }
  return buildRootTree({
    folder: tree,
    rootDir: code,
    bundlePath: undefined,
    bootstrapFolder: code,
    nodePath: process.execPath,
    hidden: [runDir.path],
  })
}

/** An exit code that no tool on the way has by itself. */
const TRIAL_EXIT = 77

interface Trial {
  readonly mode: NamespaceMode
  readonly tree: RootTree
  readonly tmp: TmpSource
  readonly ownNetwork: boolean
  readonly processes?: number
  readonly clock: Clock
}

/** @throws SandlotError `SandboxUnavailable` with what the system said. */
async function trial(input: Trial): Promise<void> {
  const { code, signal } = await exitInside(input, `exit ${TRIAL_EXIT}`)
  if (code === TRIAL_EXIT) return
  const how = `exit ${code ?? signal} instead of ${TRIAL_EXIT}`
  throw new SandlotError('SandboxUnavailable', `A trial in namespaces failed: ${how}`)
}

/**
 * Since Linux 5.14 RLIMIT_NPROC counts what is in the user namespace. Before, it would count whatever
 * else the user runs on this machine; and it never holds for root, who may be outside.
 */
async function limitsProcesses(input: Omit<Trial, 'ownNetwork' | 'processes'>): Promise<boolean> {
  const codeWith = async (processes: number): Promise<number | undefined> => {
    const { code } = await exitInside({ ...input, ownNetwork: false, processes }, NEEDS_TWO)
    return code
  }
  try {
    const [one, two, all] = await Promise.all([1, 2, ALL_PROCESSES].map(codeWith))
    return one !== 0 && two === 0 && all === 0
  } catch {
    return false
  }
}

/** It starts another and waits for it; it does not try again when that is refused. */
const NEEDS_TWO = 'exec timeout 60 true'
const ALL_PROCESSES = 1_024

async function exitInside(
  { mode, tree, tmp, ownNetwork, processes, clock }: Trial,
  script: string,
): Promise<ProcessExit> {
  const holder = await startHolder({ mode, tree, tmp, ownNetwork })
  try {
    const gate = await makeGate({
      mode,
      holderPid: Promise.resolve(holder.pid),
      groupEntries: [],
      ownNetwork,
      descriptors: 1_024,
      processes,
      clock,
    })
    gate.open({ file: '/bin/sh', args: ['-c', script], env: {} })
    return await gate.exited
  } finally {
    await holder.end()
  }
}

function remembered(input: SurveyInput): Findings | undefined {
  try {
    const { key, findings } = JSON.parse(readFileSync(memoryPath(input), 'utf8')) as {
      key: string
      findings: Findings
    }
    return key === keyOf() ? findings : undefined
  } catch {
    return undefined
  }
}

/** Only what works is remembered: what does not may be put right. */
function remember(input: SurveyInput, findings: Findings): void {
  if (findings.mode === 'plain') return
  writeFileSync(memoryPath(input), JSON.stringify({ key: keyOf(), findings }))
}

const memoryPath = ({ runDir, wanted }: SurveyInput): string =>
  join(runDir.cachePath, `isolation-${wanted}.json`)

/** Change it when something else is tried out: what was found before does not count then. */
const SURVEY = 'survey 2'

function keyOf(): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  const capabilities = /^CapEff:\s*(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  return [SURVEY, boot, process.getuid?.(), capabilities, process.execPath].join(' ')
}
