import { expect, it } from 'vitest'
import { newTraceId } from '../../../runtime/invoke/trace-id.ts'
import { seededRandom } from '../../../runtime/kernel/random.ts'

it('makes a trace header of the time and of chance, not sampled', () => {
  expect(newTraceId(1_700_000_000_999, seededRandom(1))).toMatch(
    /^Root=1-6553f100-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/,
  )
})

it('writes the time with eight digits, also where fewer would do', () => {
  expect(newTraceId(0, seededRandom(1))).toMatch(/^Root=1-00000000-/)
})

it('makes another one every time', () => {
  const random = seededRandom(1)
  expect(newTraceId(0, random)).not.toBe(newTraceId(0, random))
})
