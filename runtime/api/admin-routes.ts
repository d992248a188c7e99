import { z } from 'zod'
import type { Emulator } from '../emulator.ts'
import { SandlotError } from '../kernel/errors.ts'
import { readBody } from './request-body.ts'
import type { Route } from './router.ts'
import { sendJson } from './send-json.ts'

const evictSchema = z.strictObject({ functionName: z.string().min(1).optional() })

/** What `sandlot ps` and `sandlot evict` ask a running server. */
export function adminRoutes(emulator: Emulator, version: string): Route[] {
  return [
    {
      method: 'GET',
      pattern: /^\/_sandlot\/health$/,
      handle: ({ response }) => {
        const { accountLimit } = emulator
        sendJson(response, 200, { name: 'sandlot', version, pid: process.pid, accountLimit })
      },
    },
    {
      method: 'GET',
      pattern: /^\/_sandlot\/sandboxes$/,
      handle: ({ response }) => {
        sendJson(response, 200, { sandboxes: emulator.sandboxes() })
      },
    },
    {
      method: 'POST',
      pattern: /^\/_sandlot\/evict$/,
      handle: async (route) => {
        const { functionName } = evictRequest(await readBody(route))
        sendJson(route.response, 200, { evicted: await emulator.evict(functionName) })
      },
    },
  ]
}

function evictRequest(body: Uint8Array): z.output<typeof evictSchema> {
  const text = Buffer.from(body).toString('utf8')
  try {
    return evictSchema.parse(text === '' ? {} : JSON.parse(text))
  } catch (error) {
    throw new SandlotError(
      'InvalidRequestContent',
      'The body must be JSON: {} or {"functionName": "<name>"}',
      { cause: error },
    )
  }
}
