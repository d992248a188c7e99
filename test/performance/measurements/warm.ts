import { pipeEcho } from '../bare-node.ts'
import { figure, ratios, timed } from '../figures.ts'
import { hello, invoke } from '../functions.ts'
import type { Bench, Measured, Measurement } from '../measurement.ts'
import { inRounds } from '../rounds.ts'
import { medianCall } from './median-call.ts'

/** A warm invocation against a framed ping-pong between two Node processes. */
export const warm: Measurement = {
  name: 'warm',
  title: 'A warm invocation against a bare framed ping-pong between two Node processes',
  measure,
}

const CALLS = 300

async function measure(bench: Bench): Promise<Measured> {
  const emulator = await bench.open()
  await emulator.deploy(hello())
  await emulator.deploy(hello({ name: 'thread', isolation: 'thread' }))
  for (const name of ['hello', 'thread']) await invoke(emulator, name, 'cold')
  const echo = pipeEcho()
  const given = await inRounds(bench, bench.count(30, 10), {
    echo: () => medianCall(CALLS, () => timed(() => echo.roundTrip())),
    process: () => medianCall(CALLS, () => timed(() => invoke(emulator, 'hello', 'warm'))),
    thread: () => medianCall(CALLS, () => timed(() => invoke(emulator, 'thread', 'warm'))),
  })
  await echo.end()
  const { mode } = emulator.confinement
  return {
    figures: [
      figure('framed ping-pong', 'ms', given.echo),
      figure(`sandbox '${mode}'`, 'ms', given.process),
      figure('thread', 'ms', given.thread),
      figure(`'${mode}' against the ping-pong`, 'times', ratios(given.process, given.echo), {
        atMost: 2,
      }),
      figure('thread against the ping-pong', 'times', ratios(given.thread, given.echo), {
        atMost: 2,
      }),
    ],
    notes: [`each value is the median of ${CALLS} calls back to back`],
  }
}
