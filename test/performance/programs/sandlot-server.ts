// A controller with one function, behind its HTTP edge, in a process of its own. Its argument: the
// options of the emulator, JSON.
import { randomUUID } from 'node:crypto'
import { startApiServer } from '../../../runtime/api/http-server.ts'
import { createEmulator } from '../../../runtime/emulator.ts'
import type { EmulatorOptions } from '../../../runtime/emulator-options.ts'
import { hello } from '../functions.ts'
import { answerQuestions } from './answer-questions.ts'
import { stateFolder } from './state-folder.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as EmulatorOptions
const stateDir = stateFolder()
const opened = open()
// Whoever asks hears of it.
opened.catch(() => undefined)

answerQuestions(
  async () => (await opened).server.url,
  async () => {
    const { server, emulator } = await opened
    server.cutOff()
    await emulator.close()
  },
)

async function open() {
  const emulator = await createEmulator({ stateDir, rates: 'unlimited', ...options })
  await emulator.deploy(hello())
  const identity = { version: 'bench', newRequestId: randomUUID }
  return { emulator, server: await startApiServer({ emulator, port: 0, ...identity }) }
}
