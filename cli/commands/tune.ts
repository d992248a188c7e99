import type { Command } from 'commander'

export function registerTune(program: Command): void {
  program.command('tune').description('not built yet')
}
