/**
 * Lets Node take its own modules from the code that it has cached. V8 takes none while flags are set
 * that were not when the code was made, and the heap's limit is one: under `--max-old-space-size`
 * Node compiles whatever it loads of itself anew, which is 4 of the 30 ms of a cold start. The limit
 * holds from the moment when the heap was made, so afterwards the flag is put back to its default.
 * Only the heaps of a function's own worker threads would have asked for it later.
 *
 * `node:v8` can do it too, but is itself one of the modules that would be compiled. The way beneath
 * it is deprecated and says so; where it is refused or gone, a start takes its time.
 */
export function takeCachedCode(): void {
  const { binding } = process as unknown as { binding(name: string): unknown }
  const saved = Object.getOwnPropertyDescriptor(process, 'noDeprecation')
  Object.defineProperty(process, 'noDeprecation', { value: true, configurable: true })
  try {
    const v8 = binding('v8') as { setFlagsFromString(flags: string): void }
    v8.setFlagsFromString('--max-old-space-size=0')
  } catch {
    // As said above.
  }
  if (saved === undefined) Reflect.deleteProperty(process, 'noDeprecation')
  else Object.defineProperty(process, 'noDeprecation', saved)
}
