import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import { type HeapItem, IdleHeap } from '../../../runtime/scheduler/idle-heap.ts'

interface Item extends HeapItem {
  readonly worth: number
  readonly came: number
}

describe('a heap of idle sandboxes of which most come and go unevicted', () => {
  it('gives all that is left in order of worth, then of coming, after thousands of changes', () => {
    for (const seed of [1, 2, 3, 4]) {
      const random = seededRandom(seed)
      const heap = new IdleHeap<Item>()
      let there: Item[] = []
      for (let came = 0; came < 3_000; came += 1) {
        const item = { worth: Math.floor(random.next() * 50), came, heapSequence: 0 }
        heap.add(item, item.worth)
        there.push(item)
        // What is left shrinks and grows by turns, so that gaps are often the most.
        const most = came % 600 < 300 ? 200 : 20
        while (there.length > most) {
          const [gone] = there.splice(Math.floor(random.next() * there.length), 1)
          if (gone !== undefined) heap.remove(gone)
        }
      }
      there = there.sort((a, b) => a.worth - b.worth || a.came - b.came)
      for (const expected of there) {
        const least = heap.least()
        expect(least).toBe(expected)
        if (least !== undefined) heap.remove(least)
      }
      expect(heap.least()).toBeUndefined()
    }
  })
})
