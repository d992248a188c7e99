import { once } from 'node:events'
import { connect } from 'node:net'
import { SandlotError } from '../../../runtime/kernel/errors.ts'

/** How long a server may take to take a connection, milliseconds. */
const PATIENCE_MS = 10_000

/** @throws SandlotError `ServerUnreachable` where nobody takes a connection, which is given up again. */
export async function checkReachable(origin: string): Promise<void> {
  const { hostname, port, protocol } = new URL(origin)
  const host = hostname.replace(/^\[|\]$/g, '')
  const socket = connect({ host, port: Number(port) || (protocol === 'https:' ? 443 : 80) })
  const enough = AbortSignal.timeout(PATIENCE_MS)
  try {
    await once(socket, 'connect', { signal: enough })
  } catch (cause) {
    const { code, name } = cause as NodeJS.ErrnoException
    const why = name === 'AbortError' ? 'it does not answer' : (code ?? String(cause))
    throw new SandlotError('ServerUnreachable', `Nothing answers at ${origin}: ${why}`, { cause })
  } finally {
    socket.destroy()
  }
}
