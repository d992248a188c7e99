import type { Command } from 'commander'

export function registerLoad(program: Command): void {
  program.command('load').description('not built yet')
}
