/** Units are last in names (`timeoutMs`, `memorySizeMb`); these convert between them. */
export const US_PER_MS = 1_000
export const US_PER_SECOND = 1_000_000
export const BYTES_PER_MB = 1_048_576

export const msToUs = (ms: number): number => Math.round(ms * US_PER_MS)
export const usToMs = (us: number): number => us / US_PER_MS
export const secondsToMs = (seconds: number): number => Math.round(seconds * 1_000)
export const bytesToMb = (bytes: number): number => bytes / BYTES_PER_MB
