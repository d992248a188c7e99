import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventHeap } from '../../../runtime/simulation/event-heap.ts'
import {
  clearNamedTimer,
  newNamedTimer,
  setNamedTimer,
  takeNamedTimer,
} from '../../../runtime/simulation/named-timer.ts'

const CODE = 7

describe('a timer with a name', () => {
  it('fires once, for its last setting, and not when it was cleared', () => {
    const act = fc.oneof(fc.nat({ max: 30 }), fc.constant('clear' as const))
    fc.assert(
      fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
        const heap = new EventHeap()
        const named = newNamedTimer()
        for (const [index, what] of acts.entries()) {
          if (what === 'clear') clearNamedTimer(named)
          else setNamedTimer(heap, named, { atUs: what, order: index + 1, code: CODE })
        }
        const last = acts.at(-1)
        expect(fired(heap, named)).toEqual(typeof last === 'number' ? [[last, acts.length]] : [])
      }),
    )
  })

  it('has one entry however often it is set for later', () => {
    const heap = new EventHeap()
    const named = newNamedTimer()
    for (let order = 1; order <= 100; order += 1) {
      setNamedTimer(heap, named, { atUs: order, order, code: CODE })
    }
    heap.removeNext()
    expect(heap.nextAtUs).toBe(Number.POSITIVE_INFINITY)
  })

  it('keeps its place in the order of setting among others of the same instant', () => {
    const heap = new EventHeap()
    const named = newNamedTimer()
    setNamedTimer(heap, named, { atUs: 5, order: 1, code: CODE })
    heap.add(10, 2, 0)
    setNamedTimer(heap, named, { atUs: 10, order: 3, code: CODE })
    heap.add(10, 4, 0)
    takeNamedTimer(heap, named, heap.nextOrder, CODE)
    const orders = [2, 3, 4].map(() => {
      heap.removeNext()
      return heap.nextOrder
    })
    expect(orders).toEqual([2, 3, 4])
  })
})

/** Instant and order of each time it fired. */
function fired(heap: EventHeap, named: ReturnType<typeof newNamedTimer>): [number, number][] {
  const all: [number, number][] = []
  while (heap.nextAtUs < Number.POSITIVE_INFINITY) {
    const { nextAtUs, nextOrder } = heap
    heap.removeNext()
    if (takeNamedTimer(heap, named, nextOrder, CODE)) all.push([nextAtUs, nextOrder])
  }
  return all
}
