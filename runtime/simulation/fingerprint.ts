const OFFSET_BASIS = 0x811c9dc5
const PRIME = 0x0100_0193

/** Sums up a sequence in 32 bits (FNV-1a, of words instead of bytes): another sequence, another sum. */
export class Fingerprint {
  #sum = OFFSET_BASIS | 0

  /** @param what a 32-bit integer. */
  add(what: number, atUs: number): void {
    this.#sum = Math.imul(Math.imul(this.#sum ^ what, PRIME) ^ atUs, PRIME)
  }

  /** Eight hexadecimal digits. */
  get text(): string {
    return (this.#sum >>> 0).toString(16).padStart(8, '0')
  }
}
