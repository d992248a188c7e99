import type { SandboxView } from '../runtime/emulator.ts'
import { SandlotError } from '../runtime/kernel/errors.ts'

/** A running server, as the other commands see it. */
export interface AdminClient {
  sandboxes(): Promise<SandboxView[]>
  /** How many sandboxes are stopped, now or as soon as they are free. */
  evict(functionName: string | undefined): Promise<number>
}

/** Methods throw SandlotError `ServerUnreachable`, or what the server said. */
export function adminClient(port: number): AdminClient {
  const url = `http://127.0.0.1:${port}/_sandlot`
  return {
    sandboxes: async () => {
      const { sandboxes } = (await ask(port, `${url}/sandboxes`)) as { sandboxes: SandboxView[] }
      return sandboxes
    },
    evict: async (functionName) => {
      const body = JSON.stringify(functionName === undefined ? {} : { functionName })
      const { evicted } = (await ask(port, `${url}/evict`, { method: 'POST', body })) as {
        evicted: number
      }
      return evicted
    },
  }
}

async function ask(port: number, url: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(url, init).catch((cause: unknown) => {
    throw new SandlotError('ServerUnreachable', `No server answers on port ${port}`, {
      cause,
      hint: "Start one with 'sandlot serve', or name its port with --port.",
    })
  })
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok && typeof body === 'object') return body
  const text = (body as { Message?: string } | undefined)?.Message
  throw new SandlotError(
    response.status === 404 ? 'ResourceNotFound' : 'InvalidParameterValue',
    text ?? `What answers on port ${port} is not a Sandlot server`,
  )
}
