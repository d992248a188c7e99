// The process that sends the requests of a load test, so that nothing else that has to be done delays
// them: told by its parent what to do, and ending after it.
import { Generator } from './generator.ts'
import type { FromGenerator, GeneratorOrder, ToGenerator } from './generator-messages.ts'
import { PreparedRequest } from './prepared-request.ts'
import { warmUp } from './warm-up.ts'

/** How the parent names this file. */
export type GeneratorProcessPath = './generator-process.ts'

let request: PreparedRequest | undefined
let generator: Generator | undefined

// Ctrl-C reaches all processes of a terminal. The parent decides when this one stops; without a
// parent it ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.exit())
process.on('message', (message: ToGenerator) => {
  if (message.kind === 'prepare') void orFail(() => prepare(message.order))
  else if (message.kind === 'begin') void orFail(begin)
  else generator?.stop()
})

async function prepare(order: GeneratorOrder): Promise<void> {
  await warmUp()
  request = await PreparedRequest.from(order.request)
  generator = new Generator(order, request, (row) => tell({ kind: 'second', row }))
  tell({ kind: 'ready' })
}

async function begin(): Promise<void> {
  request?.keepSigned()
  const report = await generator?.run()
  request?.close()
  if (report !== undefined) tell({ kind: 'done', report })
}

async function orFail(act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
}

function tell(message: FromGenerator): void {
  if (process.connected) process.send?.(message)
}
