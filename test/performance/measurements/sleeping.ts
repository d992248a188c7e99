import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { leftoversOf } from '../../support/leftovers.ts'
import { figure } from '../figures.ts'
import type { Bench, Measured, Measurement } from '../measurement.ts'
import type { SleepersReport, SleepersStep } from '../sleepers.ts'

/** Many sandboxes at once that have answered and sleep: what one of them takes of the machine. */
export const sleeping: Measurement = {
  name: 'sleeping',
  title: 'Sandboxes asleep at once',
  measure,
}

const SLEEPERS = fileURLToPath(new URL('../sleepers.ts', import.meta.url))
const USUAL = 1_000
const QUICK = 50
/** Free memory that the usual number is meant for. */
const MEMORY_FOR_USUAL_MB = 16_384
const GRACE_MS = 10_000

async function measure(bench: Bench): Promise<Measured> {
  if (process.platform !== 'linux') {
    return { figures: [], skipped: 'proportional set sizes are known on Linux only' }
  }
  const wanted = bench.sandboxes ?? bench.count(USUAL, QUICK)
  const freeMb = freemem() / 1_048_576
  const fits = Math.max(1, Math.floor((freeMb / MEMORY_FOR_USUAL_MB) * USUAL))
  const count = bench.sandboxes ?? Math.min(wanted, fits)
  const folder = mkdtempSync(join(tmpdir(), 'sandlot-sleeping-'))
  try {
    const report = await sleepersIn(folder, count, bench)
    const left = await leftOf(folder, report)
    return {
      figures: figuresOf(report, left),
      notes: [
        ...(count < wanted
          ? [`${count} instead of ${wanted}: that is what free memory holds`]
          : []),
        ...report.notes,
        ...left,
      ],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function figuresOf(report: SleepersReport, left: readonly string[]): Measured['figures'] {
  const { count, awoke, perSandboxMb, runtimeMb, machineMb, startS, wakeS, endS } = report
  return [
    figure('sandboxes that were woken at once and answered', 'left', [awoke], {
      atLeast: count,
      atMost: count,
    }),
    figure('proportional set size of each, all its processes', 'MB', perSandboxMb, { atMost: 12 }),
    figure('  of it the runtime', 'MB', runtimeMb),
    figure("less of the machine's memory available, each", 'MB', [machineMb]),
    figure('to start all', 'seconds', [startS]),
    figure('to wake all', 'seconds', [wakeS]),
    figure('to end all', 'seconds', [endS]),
    figure('processes, groups, folders and devices left', 'left', [left.length], { atMost: 0 }),
  ]
}

/** In a controller of its own, so that what is left when that has ended can be seen. */
async function sleepersIn(folder: string, count: number, bench: Bench): Promise<SleepersReport> {
  const child = spawn(process.execPath, [...process.execArgv, SLEEPERS, String(count)], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let report: SleepersReport | undefined
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  for await (const line of createInterface({ input: child.stdout })) {
    const step = JSON.parse(line) as SleepersStep
    if ('report' in step) report = step.report
    else bench.show(step.done, step.total, step.unit)
  }
  await closed
  if (report === undefined) throw new Error(`the controller ended early: ${child.exitCode}`)
  return report
}

/** What the controller has left behind, one line each. */
async function leftOf(folder: string, { controllers }: SleepersReport): Promise<string[]> {
  const left = await leftoversOf(folder, GRACE_MS)
  for (const name of controllers) left.push(...groupsNamed(`sandlot-${name}`, '/sys/fs/cgroup'))
  return [...left, ...loopDevicesOf(folder)]
}

const foldersIn = (path: string): string[] => {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
  } catch {
    return []
  }
}

const groupsNamed = (name: string, path: string): string[] =>
  foldersIn(path).flatMap((entry) =>
    entry === name ? [`control group ${join(path, entry)}`] : groupsNamed(name, join(path, entry)),
  )

function loopDevicesOf(folder: string): string[] {
  if (!existsSync('/sys/block')) return []
  return readdirSync('/sys/block').flatMap((device) => {
    const path = join('/sys/block', device, 'loop', 'backing_file')
    const isOurs = existsSync(path) && readFileSync(path, 'utf8').startsWith(folder)
    return isOurs ? [`loop device ${device}`] : []
  })
}
