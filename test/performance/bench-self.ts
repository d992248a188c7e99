// `npm run bench:self`: measures what runtime/SPECIFICATION.md promises of Sandlot's own speed and
// size, each against a baseline in the same run. Ends with 1 when a promise is broken.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Environment, environment, isBusy } from '../../cli/measure/environment.ts'
import { colours } from '../../cli/report/colours.ts'
import { Progress } from '../../cli/report/progress.ts'
import { createEmulator, type Emulator } from '../../runtime/emulator.ts'
import type { Bench, Measured, Measurement } from './measurement.ts'
import { MEASUREMENTS } from './measurements/all.ts'
import { type Program, startProgram } from './program.ts'
import { type NamedResult, resultJson, resultText } from './report.ts'
import { type Verdict, verdictOf } from './verdict.ts'

const EXIT = { kept: 0, broken: 1, usage: 2 } as const
const names = MEASUREMENTS.map(({ name }) => name)

const USAGE = `Usage: npm run bench:self -- [options]

  --only NAME      one of ${names.join(', ')}; may be repeated
  --quick          few rounds, few sandboxes
  --sandboxes N    that sleep at once (default: 1000, fewer where memory is short)
  --json FILE      append the result as one line of JSON
`

interface Options {
  readonly chosen: readonly Measurement[]
  readonly quick: boolean
  readonly sandboxes: number | undefined
  readonly json: string | undefined
}

const folder = mkdtempSync(join(tmpdir(), 'sandlot-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
// Ending by `exit` ends the sandboxes too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const options = readOptions()
const startedAt = new Date().toISOString()
const machine = await machineOf()
const paint = colours.stdout
console.log(paint.dim(headingOf(machine)))
const results: NamedResult[] = []
for (const measurement of options.chosen) {
  const result = { ...measurement, ...(await carryOut(measurement)) }
  results.push(result)
  console.log(`\n${resultText(result, paint)}`)
}
const verdicts = results.flatMap(({ figures }) => figures.map((each) => verdictOf(each)))
const load = (loadavg()[0] ?? 0).toFixed(2)
console.log(
  `\n${counted('ok')} promises kept, ${counted('broken')} broken, ${counted('unclear')} unclear; load at the end ${load}`,
)
if (options.json !== undefined) {
  const facts = { startedAt, quick: options.quick, environment: machine }
  appendFileSync(options.json, `${JSON.stringify(resultJson(results, facts))}\n`)
}
process.exitCode = counted('broken') === 0 ? EXIT.kept : EXIT.broken

function counted(verdict: Verdict): number {
  return verdicts.filter((each) => each === verdict).length
}

async function carryOut(measurement: Measurement): Promise<Measured> {
  const opened: Emulator[] = []
  const started: Program[] = []
  const folders: string[] = []
  const progress = new Progress()
  const bench: Bench = {
    count: (usual, quick) => (options.quick ? quick : usual),
    show: (done, total, unit) => progress.show(done, total, `${measurement.name}: ${unit}`),
    open: async (of = {}) => {
      // What is measured is our own speed: Lambda's rates would be in its way.
      const own = { stateDir: join(folder, 'state'), rates: 'unlimited' } as const
      const emulator = await createEmulator({ ...own, ...of })
      opened.push(emulator)
      return emulator
    },
    start: (name, of) => {
      const program = startProgram(name, of)
      started.push(program)
      return program
    },
    scratch: () => {
      const made = mkdtempSync(join(folder, 'scratch-'))
      folders.push(made)
      return made
    },
    sandboxes: options.sandboxes,
  }
  try {
    return await measurement.measure(bench)
  } finally {
    progress.end()
    for (const program of started) await program.end()
    for (const emulator of opened) await emulator.close()
    for (const made of folders) rmSync(made, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** A controller knows how sandboxes are confined here. */
async function machineOf(): Promise<Environment> {
  const emulator = await createEmulator({ stateDir: join(folder, 'state') })
  await emulator.close()
  return environment(emulator.confinement)
}

function headingOf(of: Environment): string {
  const { cpu, cpuCount, system, node, sandlot, isolation } = of
  const lines = [
    `Sandlot ${sandlot}, Node ${node}, ${cpuCount} × ${cpu}, ${system}`,
    `processes confined as '${isolation}', load ${of.load.toFixed(2)}`,
  ]
  if (isBusy(of)) lines.push('The machine is busy with other things: expect noise.')
  return lines.join('\n')
}

function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true, default: [] },
        quick: { type: 'boolean', default: false },
        sandboxes: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(USAGE)
      process.exit(EXIT.kept)
    }
    const chosen = values.only.length === 0 ? MEASUREMENTS : values.only.map(named)
    const { quick, json } = values
    return { chosen, quick, json, sandboxes: countFrom(values.sandboxes) }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`)
    process.exit(EXIT.usage)
  }
}

function named(wanted: string): Measurement {
  const measurement = MEASUREMENTS.find(({ name }) => name === wanted)
  if (measurement === undefined) throw new Error(`There is no measurement '${wanted}'`)
  return measurement
}

function countFrom(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new Error(`--sandboxes ${text}: must be a whole number from 1 to 99999`)
  return Number(text)
}
