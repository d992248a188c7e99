import type { Emulator } from '../../../runtime/emulator.ts'
import { figure, ratios, timed } from '../figures.ts'
import { hello, invoke } from '../functions.ts'
import type { Bench, Measured, Measurement } from '../measurement.ts'
import { inRounds } from '../rounds.ts'

/** Cold starts of the same handler, written in TypeScript and in JavaScript. */
export const typescript: Measurement = {
  name: 'typescript',
  title: 'A cold start of a TypeScript handler against its JavaScript',
  measure,
}

async function measure(bench: Bench): Promise<Measured> {
  const emulator = await bench.open()
  await emulator.deploy(hello({ name: 'typescript', handler: 'hello.ts' }))
  await emulator.deploy(hello({ name: 'javascript', handler: 'hello.mjs' }))
  const given = await inRounds(bench, bench.count(60, 20), {
    typescript: () => cold(emulator, 'typescript'),
    javascript: () => cold(emulator, 'javascript'),
  })
  return {
    figures: [
      figure('TypeScript', 'ms', given.typescript),
      figure('JavaScript', 'ms', given.javascript),
      figure('TypeScript against JavaScript', 'times', ratios(given.typescript, given.javascript), {
        atMost: 1.1,
      }),
    ],
  }
}

async function cold(emulator: Emulator, name: string): Promise<number> {
  await emulator.prepared(name)
  const tookMs = await timed(() => invoke(emulator, name, 'cold'))
  await emulator.evict(name)
  await emulator.prepared(name)
  return tookMs
}
