import { takeCachedCode } from './code-cache.ts'
import { descriptorChannel } from './descriptor-channel.ts'
import { processMemory } from './process-memory.ts'
import { runRuntime } from './runtime-loop.ts'

/** Entry of a process sandbox: the channel is the inherited descriptor. */
takeCachedCode()
runRuntime({ channel: descriptorChannel(), memory: processMemory() })
