import { expect, it } from 'vitest'
import { systemRandom } from '../../../runtime/host/system-random.ts'

it('gives bytes of any number, none of them twice', () => {
  const lengths = [1, 8, 16, 16, 12, 4_096, 5_000, 16]
  for (const length of lengths)
    expect(systemRandom.hex(length)).toMatch(new RegExp(`^[0-9a-f]{${2 * length}}$`))
  const ids = Array.from({ length: 5_000 }, () => systemRandom.hex(16))
  expect(new Set(ids).size).toBe(ids.length)
})
