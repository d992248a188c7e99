import { join } from 'node:path'
import type { Emulator } from '../../../runtime/emulator.ts'
import { functionEnvironment } from '../../../runtime/host/function-environment.ts'
import type { InvokeResult } from '../../../runtime/invoke/invocation.ts'
import { newSandboxId } from '../../../runtime/kernel/ids.ts'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import { resourceLimits } from '../../../runtime/sandbox/resource-limits.ts'
import { PHASE_NAMES } from '../../../runtime/telemetry/phases.ts'
import { bareStart } from '../bare-node.ts'
import { differences, figure, ratios } from '../figures.ts'
import { HANDLERS, hello, invoke } from '../functions.ts'
import type { Bench, Figure, Measured, Measurement } from '../measurement.ts'
import { inRounds } from '../rounds.ts'

const HANDLER_PATH = join(HANDLERS, 'hello.mjs')

/** A cold start in the strongest sandbox of this machine against a bare Node process. */
export const coldStart: Measurement = {
  name: 'cold-start',
  title: 'A cold start against a bare Node process with the same handler',
  measure,
}

interface Cold {
  readonly tookMs: number
  readonly result: InvokeResult | undefined
}

async function measure(bench: Bench): Promise<Measured> {
  const strongest = await bench.open()
  const plain = await bench.open({ isolation: 'plain' })
  for (const emulator of [strongest, plain]) await emulator.deploy(hello())
  await strongest.deploy(hello({ name: 'thread', isolation: 'thread' }))
  const env = environmentOf(strongest)
  const given = await inRounds<'bare' | 'strongest' | 'plain' | 'thread', Cold>(
    bench,
    bench.count(60, 20),
    {
      bare: async () => {
        await strongest.prepared('hello')
        return { tookMs: await bareStart(HANDLER_PATH, env), result: undefined }
      },
      strongest: () => cold(strongest, 'hello'),
      plain: () => cold(plain, 'hello'),
      thread: () => cold(strongest, 'thread'),
    },
  )
  const ms = (name: keyof typeof given): number[] => given[name].map(({ tookMs }) => tookMs)
  const [bare, sandbox] = [ms('bare'), ms('strongest')]
  const { mode } = strongest.confinement
  const isPlain = mode === 'plain'
  return {
    figures: [
      figure('bare Node process', 'ms', bare),
      figure(`sandbox '${mode}'`, 'ms', sandbox),
      ...phasesOf(given.strongest),
      ...(isPlain ? [] : [figure("sandbox 'plain'", 'ms', ms('plain'))]),
      figure('thread', 'ms', ms('thread')),
      figure(`'${mode}' more than bare`, 'ms', differences(sandbox, bare), { atMost: 10 }),
      figure(`'${mode}' against bare`, 'times', ratios(sandbox, bare), { atMost: 1.3 }),
      ...(isPlain
        ? []
        : [figure("'plain' against bare", 'times', ratios(ms('plain'), bare), { atMost: 2 })]),
      figure(`init as '${mode}' reports it`, 'ms', initsOf(given.strongest), { atMost: 60 }),
      figure(`thread against '${mode}'`, 'times', ratios(ms('thread'), sandbox), { atMost: 1.25 }),
    ],
  }
}

/** With all made ahead that can be; the sandbox is gone when the next one's time begins. */
async function cold(emulator: Emulator, name: string): Promise<Cold> {
  await emulator.prepared(name)
  const beganMs = performance.now()
  const result = await invoke(emulator, name, 'cold')
  const tookMs = performance.now() - beganMs
  await emulator.evict(name)
  await emulator.prepared(name)
  return { tookMs, result }
}

function phasesOf(starts: readonly Cold[]): Figure[] {
  return PHASE_NAMES.flatMap((name) => {
    const values = starts.flatMap(({ result }) =>
      (result?.phases ?? [])
        .filter(({ phase }) => phase === name)
        .map(({ durationUs }) => durationUs / 1_000),
    )
    return values.length === 0 ? [] : [figure(`  of it ${name}`, 'ms', values)]
  })
}

/** As AWS's Init Duration: until the handler is loaded. */
const initsOf = (starts: readonly Cold[]): number[] =>
  starts.map(({ result }) => result?.report.initDurationMs ?? Number.NaN)

/** A Node process with other variables may start faster or slower. */
function environmentOf(emulator: Emulator): Record<string, string> {
  const version = emulator.resolve('hello')
  return functionEnvironment(
    {
      id: newSandboxId(seededRandom(1)),
      version,
      limits: resourceLimits(version.config),
      logStreamName: '2026/11/24/[$LATEST]bare',
      initializationType: 'on-demand',
    },
    {
      tmpDir: undefined,
      taskRoot: HANDLERS,
      runtimeDir: HANDLERS,
      nodePath: process.execPath,
    },
  )
}
