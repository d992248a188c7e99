/** FNV-1a of 32 bits over all lines: two histories with the same hash are taken to be the same. */
export function hashOf(lines: readonly string[]): string {
  let hash = 0x811c9dc5
  for (const line of lines) {
    for (let index = 0; index < line.length; index += 1) {
      hash = Math.imul(hash ^ line.charCodeAt(index), 0x01000193)
    }
    hash = Math.imul(hash ^ 10, 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}
