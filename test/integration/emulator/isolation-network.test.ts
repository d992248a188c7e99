import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { skipUnless } from '../../support/skip-unless.ts'
import { ask, confined, confinementHere } from './isolation-lab.ts'
import { probe, useEmulators } from './use-emulator.ts'

const start = useEmulators()
const { findings } = await confinementHere()
const finding = findings.find(({ concern }) => concern === 'network')
const canOwnNetwork = finding?.level === 'strongest'

/** A server of this machine, which only it can reach. */
let server: Server
let port = 0
beforeAll(async () => {
  server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.close()
})

describe('the network of a function', () => {
  it('is that of this machine, unless told otherwise', async () => {
    const under = await start([confined()])
    expect(await ask(under, { connect: port })).toBe('connected')
  })

  describe('none', () => {
    skipUnless(canOwnNetwork, `needs a network namespace: ${finding?.stronger}`)

    it('reaches nothing of this machine', async () => {
      const under = await start([confined({ network: 'none' })])
      expect(await ask(under, { interfaces: null })).toEqual(['lo'])
      expect(await ask(under, { connect: port })).toBe('ECONNREFUSED')
    })

    it('has a loopback of its own that works', async () => {
      const under = await start([confined({ network: 'none' })])
      expect(await ask(under, { loopback: null })).toBe('connected')
    })

    it('is still none after a reset', async () => {
      const under = await start([confined({ network: 'none' })])
      expect((await under.run('confined', { exit: 1 })).outcome).toBe('crash')
      expect(await ask(under, { connect: port })).toBe('ECONNREFUSED')
      expect(await ask(under, { loopback: null })).toBe('connected')
    })
  })

  it('none is refused at deployment where it is not possible', async (context) => {
    context.skip(canOwnNetwork, 'it is possible here')
    const { emulator } = await start([])
    await expect(emulator.deploy(probe({ network: 'none' }))).rejects.toThrow(
      /^Function 'probe': network 'none' is not possible here: ./,
    )
  })
})
