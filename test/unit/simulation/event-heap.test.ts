import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventHeap } from '../../../runtime/simulation/event-heap.ts'

interface Entry {
  readonly atUs: number
  readonly order: number
  readonly code: number
}

const inOrder = (a: Entry, b: Entry): number => a.atUs - b.atUs || a.order - b.order

function next(heap: EventHeap): Entry {
  const entry = { atUs: heap.nextAtUs, order: heap.nextOrder, code: heap.nextCode }
  heap.removeNext()
  return entry
}

describe('the heap of events', () => {
  it('gives what a sort gives, by instant and then by order', () => {
    // Few different instants, so that many are equal.
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 300 }), (instants) => {
        const heap = new EventHeap()
        const entries = instants.map((atUs, index) => ({ atUs, order: index + 1, code: index }))
        for (const { atUs, order, code } of entries) heap.add(atUs, order, code)
        expect(entries.map(() => next(heap))).toEqual([...entries].sort(inOrder))
        expect(heap.nextAtUs).toBe(Number.POSITIVE_INFINITY)
      }),
    )
  })

  it('gives the first of what is in it at any time, while others come and go', () => {
    const step = fc.oneof(fc.nat({ max: 50 }), fc.constant('remove' as const))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const heap = new EventHeap()
        let expected: Entry[] = []
        for (const [index, what] of steps.entries()) {
          if (what === 'remove') {
            if (expected.length === 0) continue
            expect(next(heap)).toEqual(expected[0])
            expected = expected.slice(1)
          } else {
            heap.add(what, index + 1, index)
            expected = [...expected, { atUs: what, order: index + 1, code: index }].sort(inOrder)
          }
          expect(heap.nextAtUs).toBe(expected[0]?.atUs ?? Number.POSITIVE_INFINITY)
        }
      }),
    )
  })

  it('grows, and keeps instants of many days and all of a code', () => {
    const heap = new EventHeap()
    for (let order = 5_000; order > 0; order -= 1) heap.add(1e15 + order, order, 2 ** 31 - order)
    for (let order = 1; order <= 5_000; order += 1) {
      expect(next(heap)).toEqual({ atUs: 1e15 + order, order, code: 2 ** 31 - order })
    }
  })
})
