import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect } from 'vitest'
import { createEmulator, type Emulator } from '../../../runtime/emulator.ts'
import type { EmulatorOptions } from '../../../runtime/emulator-options.ts'
import type { FunctionInput } from '../../../runtime/functions/function-config.ts'
import { hasEnded, linuxFactsOf } from '../../../runtime/host/process-identity.ts'
import { descendantsOf } from '../../../runtime/host/process-tree.ts'
import type { InvokeResult } from '../../../runtime/invoke/invocation.ts'

export const KINDS = ['process', 'thread'] as const
export const HANDLERS = fileURLToPath(new URL('../../fixtures/handlers/emulator', import.meta.url))

export interface EmulatorUnderTest {
  readonly emulator: Emulator
  /** A folder of the test's own. */
  readonly folder: string
  /** Runs an event to its end. */
  run(functionName: string, event?: object): Promise<InvokeResult>
}

/** Makes emulators with folders of their own; after each test they are closed, and nothing may remain. */
export function useEmulators() {
  const made: { emulator: Emulator; folder: string }[] = []
  afterEach(async () => {
    for (const { emulator, folder } of made.splice(0)) {
      await emulator.close()
      expect(readdirSync(join(folder, 'state', 'controllers'))).toEqual([])
      rmSync(folder, { recursive: true })
    }
  })
  return async (
    functions: readonly Partial<FunctionInput>[],
    options: EmulatorOptions = {},
  ): Promise<EmulatorUnderTest> => {
    const folder = mkdtempSync(join(tmpdir(), 'sandlot-emulator-'))
    const emulator = await createEmulator({ stateDir: join(folder, 'state'), ...options })
    made.push({ emulator, folder })
    for (const each of functions) await emulator.deploy(probe(each))
    return {
      emulator,
      folder,
      run: (functionName, event = {}) =>
        emulator.invoke({ functionName, payload: JSON.stringify(event) }),
    }
  }
}

/** Resolves when a handler has printed this. */
export function whenPrinted({ emulator }: EmulatorUnderTest, text: string): Promise<void> {
  return new Promise((resolve) => {
    const stopHearing = emulator.onEvent((event) => {
      if (event.type !== 'function' || !event.text.endsWith(text)) return
      stopHearing()
      resolve()
    })
  })
}

/** The processes of all sandboxes, their children among them. */
export const processesOf = ({ emulator }: EmulatorUnderTest): number[] =>
  emulator.sandboxes().flatMap(({ pid }) => (pid === undefined ? [] : [pid, ...descendantsOf(pid)]))

/** The function that does what its event asks for, unless told otherwise. */
export const probe = (overrides: Partial<FunctionInput> = {}): FunctionInput => ({
  name: 'probe',
  handler: 'probe.handler',
  rootDir: HANDLERS,
  timeoutMs: 30_000,
  // A whole CPU: these tests are not about its share.
  memorySizeMb: 1_769,
  ...overrides,
})

/** What the probe answers. */
export interface ProbeAnswer {
  readonly calls: number
  readonly ticks: number
  readonly pid: number
  readonly threadId: number
  readonly note: string | null
  readonly remainingMs: number
  readonly requestId: string
  readonly environment: Readonly<Record<string, string>> | null
}

export const answerOf = ({ payload }: InvokeResult): ProbeAnswer => JSON.parse(textOf(payload))
export const errorOf = ({ payload }: InvokeResult): { errorType: string; errorMessage: string } =>
  JSON.parse(textOf(payload))
const textOf = (payload: Uint8Array): string => Buffer.from(payload).toString('utf8')

/** Whether a process runs; one that has ended and was not yet waited for does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const facts = linuxFactsOf(pid)
  return facts === undefined ? process.platform !== 'linux' : !hasEnded(facts)
}
