import type { FunctionVersion } from '../../functions/function-version.ts'
import { SandlotError } from '../../kernel/errors.ts'
import { SANDBOX_GID, SANDBOX_UID } from './gate.ts'
import type { Machine } from './machine.ts'
import { pathsToRead, unreadableFor } from './readable.ts'

/**
 * Refuses at deployment what would only fail inside.
 *
 * @throws SandlotError `InvalidHandler` for code that the sandbox's user could not read,
 *   `InvalidParameterValue` for a setting that this machine cannot honour.
 */
export function checkVersion({ config, code }: FunctionVersion, machine: Machine): void {
  if (config.network === 'none' && !machine.canOwnNetwork) {
    throw new SandlotError(
      'InvalidParameterValue',
      `Function '${config.name}': network 'none' is not possible here: ${machine.reasons.network}`,
      { hint: "'sandlot limits' tells what is." },
    )
  }
  if (machine.mode !== 'root') return
  const unreadable = unreadableFor(SANDBOX_UID, SANDBOX_GID, pathsToRead(code))
  if (unreadable === undefined) return
  const { path, mode } = unreadable
  throw new SandlotError(
    'InvalidHandler',
    `${path} cannot be read by the user that sandboxes run as (mode ${mode})`,
    { hint: `Run 'chmod -R o+rX ${code.rootDir}'; Lambda needs that, too.` },
  )
}
