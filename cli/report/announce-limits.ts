import type { Emulator } from '../../runtime/emulator.ts'
import { warn } from './warn.ts'

/** Says once what is not enforced as strongly as Lambda does it; nothing where all of it is. */
export function announceLimits(emulator: Pick<Emulator, 'confinement' | 'functions'>): void {
  const kinds = new Set(emulator.functions().map(({ config }) => config.isolation))
  if (kinds.has('process')) {
    if (emulator.confinement.cpu === 'unlimited') warn('CPU is not limited, as asked for')
    const weak = emulator.confinement.findings.filter(({ level }) => level !== 'strongest')
    const names = weak.map(({ concern, level }) =>
      level === 'none' ? `${concern} not at all` : concern,
    )
    if (names.length > 0)
      warn(`weaker than on Lambda here: ${names.join(', ')}; see 'sandlot limits'`)
  }
  if (kinds.has('thread')) {
    warn(
      "weaker than on Lambda: threads, of which only heap and time are limited; see 'sandlot limits'",
    )
  }
}
