import { describe, expect, it } from 'vitest'
import { firstOnly } from '../../../runtime/bootstrap/invocation-context.ts'

describe('a completion of which only the first call counts', () => {
  const names = ['succeed', 'succeedWhenLoopIsEmpty', 'fail'] as const

  it.each(names)('passes on %s, and nothing after it', (first) => {
    const calls: unknown[][] = []
    const record = (name: string) => (value: unknown) => void calls.push([name, value])
    const completion = firstOnly({
      succeed: record('succeed'),
      succeedWhenLoopIsEmpty: record('succeedWhenLoopIsEmpty'),
      fail: record('fail'),
    })
    completion[first]('first')
    for (const name of names) completion[name]('later')
    expect(calls).toEqual([[first, 'first']])
  })
})
