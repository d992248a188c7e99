import { descriptorChannel } from './descriptor-channel.ts'
import { runRuntime } from './runtime-loop.ts'

/** Entry of a process sandbox: the channel is the inherited descriptor. */
runRuntime({
  channel: descriptorChannel(),
  whenLoopIsEmpty: (callback) => {
    process.once('beforeExit', callback)
    return () => process.off('beforeExit', callback)
  },
})
