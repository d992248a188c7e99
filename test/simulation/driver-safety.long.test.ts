import { randomInt } from 'node:crypto'
import { expect, it } from 'vitest'
import { live } from './driver-safety.ts'

const SEEDS = 3_000

it(`ends every invocation and leaves nothing, over ${SEEDS.toLocaleString('en-US')} fresh seeds`, async ({
  annotate,
}) => {
  const first = randomInt(1_000, 2 ** 30)
  await annotate(`seeds ${first} to ${first + SEEDS - 1}`)
  let lived = 0
  for (; lived < SEEDS; lived += 1) await live(first + lived)
  expect(lived).toBe(SEEDS)
})
