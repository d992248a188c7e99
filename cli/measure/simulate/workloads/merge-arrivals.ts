import type { Arrival } from '../../../../runtime/simulation/workload.ts'

/**
 * The arrivals of several functions as one stream, in order; at the same instant the function named
 * first comes first. Holds one arrival of each function.
 *
 * @param streams the instants of each function, ascending, microseconds.
 */
export function* mergeArrivals(streams: readonly Iterable<number>[]): Generator<Arrival> {
  const heap: Head[] = []
  for (const [fn, stream] of streams.entries()) {
    const rest = stream[Symbol.iterator]()
    const { value, done } = rest.next()
    if (done !== true) raise(heap, heap.push({ atUs: value, fn, rest }) - 1)
  }
  for (let head = heap[0]; head !== undefined; head = heap[0]) {
    yield { atUs: head.atUs, fn: head.fn }
    const { value, done } = head.rest.next()
    if (done !== true) head.atUs = value
    else if (!removeFirst(heap)) return
    sink(heap)
  }
}

/** The next instant of one function. */
interface Head {
  atUs: number
  readonly fn: number
  readonly rest: Iterator<number>
}

const isBefore = (a: Head, b: Head): boolean =>
  a.atUs < b.atUs || (a.atUs === b.atUs && a.fn < b.fn)

/** `false` when nothing is left. */
function removeFirst(heap: Head[]): boolean {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return false
  heap[0] = last
  return true
}

/** Moves one that was added up to its place. */
function raise(heap: Head[], from: number): void {
  let at = from
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!swapped(heap, parent, at)) return
    at = parent
  }
}

/** Moves the first one down to its place. */
function sink(heap: Head[]): void {
  let at = 0
  while (2 * at + 1 < heap.length) {
    const [left, right] = [2 * at + 1, 2 * at + 2]
    const [a, b] = [heap[left], heap[right]]
    const earlier = a !== undefined && b !== undefined && isBefore(b, a) ? right : left
    if (!swapped(heap, at, earlier)) return
    at = earlier
  }
}

/** Puts the two in order; `false` when they are. */
function swapped(heap: Head[], upper: number, lower: number): boolean {
  const [a, b] = [heap[upper], heap[lower]]
  if (a === undefined || b === undefined || !isBefore(b, a)) return false
  heap[upper] = b
  heap[lower] = a
  return true
}
