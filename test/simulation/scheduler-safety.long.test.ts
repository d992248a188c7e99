import { expect, it } from 'vitest'
import { live } from './scheduler-safety.ts'

const SEEDS = 3_000

it(`ends every invocation and leaves nothing, over ${SEEDS} random seeds`, () => {
  let lived = 0
  for (; lived < SEEDS; lived += 1) live(Math.floor(Math.random() * 2 ** 31))
  expect(lived).toBe(SEEDS)
})
