import { expect, it } from 'vitest'
import { live } from './driver-safety.ts'

const SEEDS = 1_500

it(`ends every invocation and leaves nothing, over ${SEEDS} random seeds`, async () => {
  let lived = 0
  for (; lived < SEEDS; lived += 1) await live(Math.floor(Math.random() * 2 ** 31))
  expect(lived).toBe(SEEDS)
})
