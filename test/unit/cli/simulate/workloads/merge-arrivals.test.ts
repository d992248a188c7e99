import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mergeArrivals } from '../../../../../cli/measure/simulate/workloads/merge-arrivals.ts'

it('what several functions have apart comes as one stream, in order, the first named first', () => {
  const streams = fc.array(
    fc.array(fc.nat(20)).map((instants) => instants.sort((a, b) => a - b)),
    { maxLength: 9 },
  )
  fc.assert(
    fc.property(streams, (all) => {
      const expected = all
        .flatMap((instants, fn) => instants.map((atUs) => ({ atUs, fn })))
        .sort((a, b) => a.atUs - b.atUs || a.fn - b.fn)
      expect([...mergeArrivals(all)]).toEqual(expected)
    }),
  )
})

it('no more of a function is asked for than has come', () => {
  let asked = 0
  function* endless(): Generator<number> {
    for (let atUs = 0; ; atUs += 10) {
      asked += 1
      yield atUs
    }
  }
  const merged = mergeArrivals([endless(), [5, 15]])
  const first = Array.from({ length: 4 }, () => merged.next().value)
  expect(first.map((arrival) => arrival?.atUs)).toEqual([0, 5, 10, 15])
  expect(asked).toBeLessThanOrEqual(3)
})
