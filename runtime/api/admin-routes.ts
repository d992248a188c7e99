import { z } from 'zod'
import type { Emulator } from '../emulator.ts'
import { SandlotError } from '../kernel/errors.ts'
import { describeConcurrency } from './describe-function.ts'
import { readBody } from './request-body.ts'
import type { Route, RouteRequest } from './router.ts'
import { sendJson } from './send-json.ts'

const name = z.string().min(1)

const evictSchema = z.union([
  z.strictObject({ functionName: name.optional() }),
  z.strictObject({ sandboxId: name }),
])
const EVICT = '{}, {"functionName": "<name>"} or {"sandboxId": "<id, or its beginning>"}'

const keepWarmSchema = z.strictObject({ functionName: name, count: z.number() })
const KEEP_WARM = '{"functionName": "<name>", "count": <number>}'

/** What the other commands ask a running server: `sandlot ps`, `evict` and `warm`. */
export function adminRoutes(emulator: Emulator, version: string): Route[] {
  return [
    {
      method: 'GET',
      pattern: /^\/_sandlot\/health$/,
      handle: ({ response }) => {
        sendJson(response, 200, healthOf(emulator, version))
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
        const asked = await requestOf(route, evictSchema, EVICT)
        if ('sandboxId' in asked) {
          const sandboxId = await emulator.evictSandbox(asked.sandboxId)
          sendJson(route.response, 200, { evicted: 1, sandboxId })
        } else {
          sendJson(route.response, 200, { evicted: await emulator.evict(asked.functionName) })
        }
        return undefined
      },
    },
    {
      method: 'POST',
      pattern: /^\/_sandlot\/keep-warm$/,
      handle: async (route) => {
        const { functionName, count } = await requestOf(route, keepWarmSchema, KEEP_WARM)
        sendJson(route.response, 200, await emulator.keepWarm(functionName, count))
        return undefined
      },
    },
  ]
}

function healthOf(emulator: Emulator, version: string) {
  const { accountLimit } = emulator
  const functions = emulator
    .functions()
    .map(({ config }) => ({ name: config.name, ...describeConcurrency(emulator, config.name) }))
  const memory = emulator.memory()
  return { name: 'sandlot', version, pid: process.pid, accountLimit, memory, functions }
}

async function requestOf<Schema extends z.ZodType>(
  route: RouteRequest,
  schema: Schema,
  form: string,
): Promise<z.output<Schema>> {
  const text = Buffer.from(await readBody(route)).toString('utf8')
  try {
    return schema.parse(text === '' ? {} : JSON.parse(text))
  } catch (error) {
    throw new SandlotError('InvalidRequestContent', `The body must be JSON: ${form}`, {
      cause: error,
    })
  }
}
