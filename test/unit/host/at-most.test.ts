import { describe, expect, it } from 'vitest'
import { atMost } from '../../../runtime/host/isolation/at-most.ts'

/** Acts that run until they are told to end, and what has begun so far. */
function acts(limit: number) {
  const begun: string[] = []
  const ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()
  const bounded = atMost(limit)
  const start = (name: string): Promise<void> =>
    bounded(() => {
      begun.push(name)
      return new Promise((resolve, reject) => ends.set(name, { resolve, reject }))
    })
  return { begun, ends, start }
}

describe('acts of which only some may run at once', () => {
  it('begin at once up to the limit, and then in the order in which they came', async () => {
    const { begun, ends, start } = acts(2)
    const all = ['a', 'b', 'c', 'd'].map(start)
    expect(begun).toEqual(['a', 'b'])
    ends.get('b')?.resolve()
    await all[1]
    expect(begun).toEqual(['a', 'b', 'c'])
    ends.get('a')?.resolve()
    await all[0]
    expect(begun).toEqual(['a', 'b', 'c', 'd'])
    for (const name of ['c', 'd']) ends.get(name)?.resolve()
    await Promise.all(all)
  })

  it('give their place to others when they fail', async () => {
    const { begun, ends, start } = acts(1)
    const failed = start('a')
    const next = start('b')
    ends.get('a')?.reject(new Error('no'))
    await expect(failed).rejects.toThrow('no')
    ends.get('b')?.resolve()
    await next
    const last = start('c')
    expect(begun).toEqual(['a', 'b', 'c'])
    ends.get('c')?.resolve()
    await last
  })
})
