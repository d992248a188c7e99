import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { checkOrigin } from '../../../runtime/api/origin-guard.ts'

function check(host: string | undefined, origin?: string): void {
  const headers = { ...(host !== undefined && { host }), ...(origin !== undefined && { origin }) }
  const socket = { localAddress: '192.168.1.7', localPort: 5000 }
  checkOrigin({ headers, socket } as unknown as IncomingMessage)
}

describe('the guard against web pages', () => {
  it.each([
    'localhost',
    'LOCALHOST:5000',
    '127.0.0.1:5000',
    '127.1.2.3',
    '[::1]:5000',
    'app.localhost:5000',
    // The address that was listened on, as somebody chose it.
    '192.168.1.7:5000',
  ])('lets a program in that asks %s', (host) => {
    check(host)
    check(host, 'http://localhost:3000')
    check(host, 'https://127.0.0.1')
  })

  it.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    'evil.example:5000',
    '127.0.0.1.evil.example',
    'localhost:5000@evil.example',
    '192.168.1.7:5001',
  ])('refuses the host %s', (host) => {
    expect(() => check(host)).toThrow(
      `Host '${host ?? ''}' is not this machine: refused, so that web pages cannot run functions`,
    )
  })

  it.each([
    'https://evil.example',
    'http://localhost.evil.example',
    'null',
    '',
    'file://localhost',
  ])("refuses the origin '%s'", (origin) => {
    expect(() => check('localhost', origin)).toThrow(
      `Origin '${origin}' is not this machine: refused, so that web pages cannot run functions`,
    )
  })
})
