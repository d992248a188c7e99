import { fileURLToPath } from 'node:url'
import type { Emulator } from '../../runtime/emulator.ts'
import type { FunctionInput } from '../../runtime/functions/function-config.ts'
import type { InvokeResult } from '../../runtime/invoke/invocation.ts'

export const HANDLERS = fileURLToPath(new URL('../fixtures/handlers/performance', import.meta.url))

/** A function of a whole CPU that greets. */
export const hello = (overrides: Partial<FunctionInput> = {}): FunctionInput => ({
  name: 'hello',
  handler: 'hello.handler',
  rootDir: HANDLERS,
  memorySizeMb: 1_769,
  timeoutMs: 60_000,
  ...overrides,
})

/** An invocation that must succeed, and be cold or warm as it is meant to. */
export async function invoke(
  emulator: Emulator,
  functionName: string,
  start: 'cold' | 'warm',
  event: object = {},
): Promise<InvokeResult> {
  const result = await emulator.invoke({
    functionName,
    payload: JSON.stringify(event),
    forceCold: start === 'cold',
  })
  const { outcome, coldStart, logs } = result
  if (outcome !== 'success') throw new Error(`${functionName}: ${outcome}\n${logs.join('\n')}`)
  if (coldStart !== (start === 'cold')) throw new Error(`${functionName} was not ${start}`)
  return result
}

export const answerOf = ({ payload }: InvokeResult): unknown =>
  JSON.parse(Buffer.from(payload).toString('utf8'))
