// The process of the store that the workloads use: it tells its address and ends with its parent.
import type { AddressInfo } from 'node:net'
import { seededStore } from './seed.ts'
import { storeServer } from './store-server.ts'

/** Where this file lies. */
export type StandInPath = './stand-in.ts'

// The parent decides when this process ends, also when both are interrupted from a terminal.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit())

const server = storeServer(seededStore())
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ url: `http://127.0.0.1:${port}` })
})
