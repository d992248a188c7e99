// The process of one run: a fresh controller, told by its parent what to do and ending after it.
import { createEmulator, type Emulator } from '../../../runtime/emulator.ts'
import { isSandlotError } from '../../../runtime/kernel/errors.ts'
import { Run } from './run.ts'
import type { FromRun, RunError, RunOrder, ToRun } from './run-messages.ts'

/** Where this file lies. */
export type RunProcessPath = './run-process.ts'

let emulator: Emulator | undefined
let isStopping = false

// The parent decides when this process ends; without a parent it ends itself.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
process.on('disconnect', stop)
process.on('message', (message: ToRun) => {
  if (message.kind === 'stop') return stop()
  void carryOut(message)
})
tell({ kind: 'ready' })

async function carryOut(order: RunOrder): Promise<void> {
  let answer: FromRun
  try {
    emulator = await createEmulator(order.options)
    answer = order.kind === 'check' ? await check(emulator, order) : await run(emulator, order)
  } catch (error) {
    answer = { kind: 'failed', error: errorOf(error) }
  }
  await emulator?.close()
  tell(answer, end)
}

async function check(
  controller: Emulator,
  { functions }: Extract<RunOrder, { kind: 'check' }>,
): Promise<FromRun> {
  for (const each of functions) await controller.deploy(each)
  return { kind: 'checked', confinement: controller.confinement }
}

async function run(
  controller: Emulator,
  { function: deployed, input }: Extract<RunOrder, { kind: 'run' }>,
): Promise<FromRun> {
  const { config } = await controller.deploy(deployed)
  const one = new Run(controller, { ...input, functionName: config.name })
  try {
    if (!isStopping) await one.carryOut()
  } catch (error) {
    // Whatever an invocation comes to when its controller is closed under it.
    if (!isStopping) throw error
  }
  return { kind: 'ran', seen: one.seen(), confinement: controller.confinement }
}

function stop(): void {
  isStopping = true
  if (emulator === undefined) end()
  else void emulator.close()
}

function tell(message: FromRun, then: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, then)
}

/** Without the channel nothing holds this process. */
function end(): void {
  if (process.connected) process.disconnect()
}

function errorOf(error: unknown): RunError {
  if (!(error instanceof Error)) {
    return { code: undefined, message: String(error), hint: undefined, stack: undefined }
  }
  const { message, stack } = error
  return isSandlotError(error)
    ? { code: error.code, message, hint: error.hint, stack }
    : { code: undefined, message, hint: undefined, stack }
}
