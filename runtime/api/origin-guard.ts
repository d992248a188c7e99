import type { IncomingMessage } from 'node:http'
import { SandlotError } from '../kernel/errors.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|[a-z0-9-]+\.localhost)(:\d+)?$/i

/**
 * Keeps web pages from running functions: a page elsewhere whose name leads to this machine sends
 * its own Host (DNS rebinding), a page that posts across sites its own Origin. Programs send a
 * loopback Host and no Origin.
 *
 * @throws SandlotError `Forbidden`.
 */
export function checkOrigin({ headers, socket }: IncomingMessage): void {
  const { host = '', origin } = headers
  if (!LOOPBACK.test(host) && host !== `${socket.localAddress}:${socket.localPort}`) {
    throw refused(`Host '${host}'`)
  }
  if (origin === undefined) return
  const from = /^https?:\/\/(.+)$/.exec(origin)?.[1] ?? ''
  if (!LOOPBACK.test(from)) throw refused(`Origin '${origin}'`)
}

const refused = (what: string): SandlotError =>
  new SandlotError(
    'Forbidden',
    `${what} is not this machine: refused, so that web pages cannot run functions`,
  )
