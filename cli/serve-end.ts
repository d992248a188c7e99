import { setTimeout as delay } from 'node:timers/promises'
import type { ApiServer } from '../runtime/api/http-server.ts'
import type { Emulator } from '../runtime/emulator.ts'

/** How long running invocations may take to finish once the server is to end. */
const GRACE_MS = 5_000

/** How long a client may take to read the answer that its invocation was ended. */
const LAST_ANSWER_MS = 500

/**
 * Takes no more requests, lets running invocations finish, ends those that do not, whose clients
 * learn of it, and cuts off whoever does not take the answer.
 */
export async function closeInOrder(server: ApiServer, emulator: Emulator): Promise<void> {
  await atMost(GRACE_MS, server.close())
  await emulator.close()
  await atMost(LAST_ANSWER_MS, server.close())
  server.cutOff()
  await server.close()
}

/** Goes on after so long, whether the act is done or not. */
async function atMost(ms: number, act: Promise<void>): Promise<void> {
  const enough = new AbortController()
  const late = delay(ms, undefined, { signal: enough.signal }).catch(() => undefined)
  await Promise.race([act, late])
  enough.abort()
}
