import type { Interval } from '../../measure/results/figures.ts'
import { formatMs, NOT_SUPPORTED } from '../format.ts'

/** `52.7 ms`, `–` where nothing can be said. */
export const milliseconds = (ms: number | null): string =>
  ms === null ? NOT_SUPPORTED : `${formatMs(ms)} ms`

/** Without its unit: for columns and plots whose heading has it. */
export const plainMs = (ms: number | null): string => formatMs(ms ?? undefined)

/** `51.1 to 54.0`: a dash between them would look like a minus. */
export const between = ({ low, high }: Interval, format: (value: number) => string): string =>
  `${format(low)} to ${format(high)}`

export const count = (value: number): string => value.toLocaleString('en-US')

/** `0.4 %`; what is not nothing does not become 0. */
export function share(part: number, whole: number): string {
  if (whole === 0) return NOT_SUPPORTED
  const percent = (part / whole) * 100
  if (part > 0 && percent < 0.05) return '< 0.1 %'
  return `${percent.toLocaleString('en-US', { maximumFractionDigits: percent < 10 ? 1 : 0 })} %`
}

/** `0.97 ×`, with more digits the nearer to 1. */
export const ratioText = (ratio: number): string =>
  `${Math.abs(ratio - 1) < 0.1 ? ratio.toFixed(3) : ratio.toFixed(2)} ×`

export const perSecond = (rate: number): string =>
  rate.toLocaleString('en-US', { maximumFractionDigits: rate < 100 ? 1 : 0 })

/** As many digits as a price needs: `$3.93`, `$0.0021`. */
export function usd(amount: number): string {
  const isSmall = amount !== 0 && Math.abs(amount) < 0.01
  const digits = isSmall
    ? { maximumSignificantDigits: 2 }
    : { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  return `$${amount.toLocaleString('en-US', digits)}`
}

/** A time as a person would write it: `24 November 2026, 21:07 UTC`. */
export function dateText(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return iso
  const day = date.toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
  return `${day}, ${iso.slice(11, 16)} UTC`
}

/** Sizes and labels share a line only if they are told apart. */
export const megabytes = (mb: number): string => `${count(mb)} MB`
