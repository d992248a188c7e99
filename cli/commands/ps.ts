import type { Command } from 'commander'
export function registerPs(_program: Command): void {}
