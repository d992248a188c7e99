import type { Command } from 'commander'
export function registerEvict(_program: Command): void {}
