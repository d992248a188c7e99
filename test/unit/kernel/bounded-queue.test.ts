import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BoundedQueue } from '../../../runtime/kernel/bounded-queue.ts'

type Command =
  | { readonly do: 'push'; readonly item: number }
  | { readonly do: 'shift' }
  | { readonly do: 'remove'; readonly item: number }

const item = fc.integer({ min: 0, max: 9 })
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('push' as const), item }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('shift' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), item }) },
)

/** The same, with a plain array and no bookkeeping. */
function obey(model: number[], capacity: number, act: Command): unknown {
  switch (act.do) {
    case 'push':
      return model.length < capacity && model.push(act.item) > 0
    case 'shift':
      return model.shift()
    case 'remove': {
      const index = model.indexOf(act.item)
      return index < 0 ? undefined : model.splice(index, 1)[0]
    }
  }
}

function apply(queue: BoundedQueue<number>, act: Command): unknown {
  if (act.do === 'push') return queue.push(act.item)
  if (act.do === 'shift') return queue.shift()
  return queue.remove((item) => item === act.item)
}

describe('the bounded queue', () => {
  it('behaves as a list that refuses what exceeds its capacity, whatever is done to it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(command, { maxLength: 200 }),
        (capacity, acts) => {
          const queue = new BoundedQueue<number>(capacity)
          const model: number[] = []
          for (const act of acts) {
            expect(apply(queue, act)).toBe(obey(model, capacity, act))
            expect(queue.size).toBe(model.length)
          }
        },
      ),
    )
  })

  it('keeps its order over many more items than it holds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (capacity) => {
        const queue = new BoundedQueue<number>(capacity)
        let next = 0
        for (let pushed = 0; pushed < 1_000; pushed += 1) {
          if (!queue.push(pushed)) {
            expect(queue.shift()).toBe(next)
            next += 1
            expect(queue.push(pushed)).toBe(true)
          }
        }
        expect(queue.size).toBe(capacity)
      }),
      { numRuns: 20 },
    )
  })

  it('holds its capacity and not one more', () => {
    const queue = new BoundedQueue<string>(2)
    expect([queue.push('a'), queue.push('b'), queue.push('c')]).toEqual([true, true, false])
  })

  it.each([0, -1, 1.5, Number.NaN])('cannot have a capacity of %s', (capacity) => {
    expect(() => new BoundedQueue(capacity)).toThrow(`Invariant broken: queue capacity ${capacity}`)
  })
})
