/** Stands where a figure would say more than the samples do. */
export const NOT_SUPPORTED = '–'

/** Milliseconds with three or four digits that mean something: `0.47`, `52.7`, `1,234`. */
export function formatMs(value: number | undefined): string {
  if (value === undefined) return NOT_SUPPORTED
  // Rounded first: 9.996 is 10.0, not 10.00.
  if (Number(value.toFixed(2)) < 10) return value.toFixed(2)
  if (Number(value.toFixed(1)) < 100) return value.toFixed(1)
  return Math.round(value).toLocaleString('en-US')
}

/** Shortened at its beginning: the end of a path tells more. */
export function shortened(text: string, width: number): string {
  return text.length <= width ? text : `…${text.slice(text.length - width + 1)}`
}
