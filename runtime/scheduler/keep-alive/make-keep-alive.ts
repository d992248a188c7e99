import type { Random } from '../../kernel/random.ts'
import { drawnKeepAlive } from './drawn-keep-alive.ts'
import { fixedKeepAlive } from './fixed-keep-alive.ts'
import { GreedyDualKeepAlive } from './greedy-dual-keep-alive.ts'
import { HybridKeepAlive } from './hybrid-keep-alive.ts'
import type { KeepAlive, KeepAliveOptions } from './keep-alive.ts'

/**
 * The policy that the options name, which remembers nothing yet.
 *
 * @param random decides what `drawn` draws; the others leave nothing to chance.
 */
export function makeKeepAlive(options: KeepAliveOptions, random: Random): KeepAlive {
  switch (options.kind) {
    case 'fixed':
      return fixedKeepAlive(options.lifetimeUs)
    case 'none':
      return fixedKeepAlive(0)
    case 'drawn':
      return drawnKeepAlive(options, random)
    case 'greedy-dual':
      return new GreedyDualKeepAlive()
    case 'hybrid':
      return new HybridKeepAlive()
  }
}
