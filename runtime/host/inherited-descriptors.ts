import { openSync, readdirSync, readFileSync } from 'node:fs'

/** Flag of descriptors that a program which is started does not inherit. Source: open(2). */
const O_CLOEXEC = 0o2000000

let known: readonly number[] | undefined

/**
 * Descriptors beyond the standard three that a process started by this one would inherit. Node opens
 * none such itself; they come from whoever has started this process. Linux only.
 */
export function inheritedDescriptors(): readonly number[] {
  known ??= listOf('/proc/self/fd').filter((descriptor) => {
    if (descriptor <= 2) return false
    const flags = /^flags:\s*(\d+)/m.exec(textOf(`/proc/self/fdinfo/${descriptor}`))?.[1]
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0
  })
  return known
}

/**
 * What to add to the four entries of a sandbox's `stdio`, so that it inherits none of them: each one
 * becomes /dev/null. The shell that launches closes those below 10, which is all that a shell can.
 */
export function coverForInherited(): 'ignore'[] {
  const inherited = new Set(inheritedDescriptors())
  const count = Math.max(3, ...inherited) - 3
  const cover = Array.from({ length: count }, (_, index) =>
    inherited.has(index + 4) ? nullDescriptor() : 'ignore',
  )
  // execa takes descriptors in any place, but its types know them in the first three only.
  return cover as unknown[] as 'ignore'[]
}

let opened: number | undefined

function nullDescriptor(): number {
  opened ??= openSync('/dev/null', 'r+')
  return opened
}

function listOf(path: string): number[] {
  try {
    return readdirSync(path).map(Number)
  } catch {
    return []
  }
}

/** Empty for one that was closed meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
