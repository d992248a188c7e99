import {
  createEmulator,
  type Emulator,
  type EmulatorOptions,
  type FunctionInput,
  type InvokeResult,
  isSandlotError,
  type PlatformEvent,
} from 'sandlot'

const options: EmulatorOptions = { accountConcurrency: 10 }
const emulator: Emulator = await createEmulator(options)
const input: FunctionInput = { name: 'hello', handler: 'hello.handler', rootDir: '/code' }
const version = await emulator.deploy(input)
const memorySizeMb: number = version.config.memorySizeMb
const stop: () => void = emulator.onEvent((event: PlatformEvent) => console.log(event.type))
const result: InvokeResult = await emulator.invoke({ functionName: version.config.name })
const initDurationMs: number | undefined = result.report.initDurationMs
console.log(memorySizeMb, initDurationMs, isSandlotError(result))
stop()
// @ts-expect-error A name is required.
await emulator.deploy({ handler: 'hello.handler', rootDir: '/code' })
await emulator.close()
