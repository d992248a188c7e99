import { existsSync, readdirSync } from 'node:fs'
import { readLine } from './read-line.ts'

/** What makes one processor faster at one time than at another. */
export interface Processor {
  /** `performance`, `powersave`, `schedutil`, … */
  readonly governor: string | null
  /** It may go beyond its nominal clock. */
  readonly turbo: boolean | null
  /** Two hardware threads share a core. */
  readonly smt: boolean | null
}

const CPU = '/sys/devices/system/cpu'

export function processor(): Processor {
  const smt = readLine(`${CPU}/smt/active`)
  return {
    governor: readLine(`${CPU}/cpu0/cpufreq/scaling_governor`),
    turbo: turbo(),
    smt: smt === null ? null : smt === '1',
  }
}

function turbo(): boolean | null {
  const isOff = readLine(`${CPU}/intel_pstate/no_turbo`)
  if (isOff !== null) return isOff === '0'
  const isOn = readLine(`${CPU}/cpufreq/boost`)
  return isOn === null ? null : isOn === '1'
}

const SUPPLIES = '/sys/class/power_supply'

/** `null` where no power supply is told of, as on most servers. */
export function onBattery(): boolean | null {
  if (!existsSync(SUPPLIES)) return null
  const states = readdirSync(SUPPLIES).flatMap((name) => {
    const isMains = readLine(`${SUPPLIES}/${name}/type`) === 'Mains'
    const online = isMains ? readLine(`${SUPPLIES}/${name}/online`) : null
    return online === null ? [] : [online === '1']
  })
  return states.length === 0 ? null : !states.includes(true)
}
