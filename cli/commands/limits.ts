import type { Command } from 'commander'
import { z } from 'zod'
import type { Confinement } from '../../runtime/emulator.ts'
import { checkOptions } from '../options.ts'
import { colours } from '../report/colours.ts'
import { limitsText } from '../report/limits-text.ts'
import { runEmulator } from '../run-emulator.ts'

const optionsSchema = z.object({ json: z.boolean().default(false) })

export function registerLimits(program: Command): void {
  program
    .command('limits')
    .description('try what this machine can enforce, and tell what would make it stronger')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  sandlot limits
  sandlot limits --json | jq '.findings[] | select(.level != "strongest")'
  SANDLOT_ISOLATION=plain sandlot limits     what would be left without namespaces

SANDLOT_ISOLATION=root, user or plain insists on one way for every command; the default, auto, is
the strongest that works: root (namespaces and cgroups), user (namespaces of an ordinary user), plain.`,
    )
    .action(limits)
}

async function limits(given: Record<string, unknown>): Promise<void> {
  const { json } = checkOptions(optionsSchema, given)
  await runEmulator({ surveyAfresh: true }, async ({ confinement }) => show(confinement, json))
}

function show(confinement: Confinement, json: boolean): void {
  if (json) console.log(JSON.stringify(confinement, null, 2))
  else console.log(limitsText(confinement, colours.stdout))
}
