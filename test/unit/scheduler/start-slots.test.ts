import { describe, expect, it } from 'vitest'
import { StartSlots } from '../../../runtime/scheduler/start-slots.ts'

const item = (name: string) => ({ name })
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(item) as [Item, Item, Item, Item]
type Item = ReturnType<typeof item>

describe('start slots', () => {
  it('hands out as many as there are, in order, and one more for each release', () => {
    const slots = new StartSlots<Item>(2)
    for (const each of [a, b, c]) slots.enqueue(each, true)
    expect([slots.take(), slots.take(), slots.take()]).toEqual([a, b, undefined])
    slots.release()
    expect(slots.take()).toBe(c)
  })

  it('lets those that somebody waits for go first', () => {
    const slots = new StartSlots<Item>(3)
    slots.enqueue(a, false)
    slots.enqueue(b, true)
    slots.enqueue(c, false)
    expect([slots.take(), slots.take(), slots.take()]).toEqual([b, a, c])
  })

  it('forgets what was cancelled', () => {
    const slots = new StartSlots<Item>(2)
    for (const each of [a, b, c]) slots.enqueue(each, each !== b)
    slots.enqueue(d, false)
    slots.cancel(a)
    slots.cancel(b)
    expect([slots.take(), slots.take(), slots.take()]).toEqual([c, d, undefined])
  })

  it('refuses to release a slot that nobody has', () => {
    expect(() => new StartSlots(1).release()).toThrow('start slot released twice')
  })
})
