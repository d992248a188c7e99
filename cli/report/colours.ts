import pc from 'picocolors'

export type Colours = ReturnType<typeof pc.createColors>

/** Colours only where a person sees them: each stream decides for itself. */
export const colours = {
  stdout: pc.createColors(isColoured(process.stdout)),
  stderr: pc.createColors(isColoured(process.stderr)),
} as const

/** `NO_COLOR` and `FORCE_COLOR` as https://no-color.org and Node itself read them. */
function isColoured(stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (NO_COLOR) return false
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0'
  return stream.isTTY === true && TERM !== 'dumb'
}
