import { closeSync, openSync, writeSync } from 'node:fs'
import { expect, it } from 'vitest'
import { seededRandom } from '../../../../../runtime/kernel/random.ts'
import { fileWriter } from '../files.ts'
import { head, minutes, read } from './azure-2019-parts.ts'

const FUNCTIONS = 46_000
const MINUTES = 1_440

const write = fileWriter()

/** As large as a day of the trace; returns how many invocations it has. */
function writeDay(path: string): number {
  const random = seededRandom(3)
  // Of few kinds, from once in hours to several a minute.
  const kinds = [0.001, 0.003, 0.01, 0.05, 0.2, 1].map((share) =>
    minutes(1, MINUTES).map(() => (random.next() < share ? 1 + Math.floor(random.next() * 3) : 0)),
  )
  const file = openSync(path, 'w')
  writeSync(file, `${head(1, MINUTES)}\n`)
  let invocations = 0
  for (let fn = 0; fn < FUNCTIONS; fn += 1) {
    const counts = kinds[fn % kinds.length] ?? []
    const id = fn.toString(16).padStart(64, '0')
    writeSync(file, `${id},${id},${id},http,${counts.join(',')}\n`)
    invocations += counts.reduce((sum, count) => sum + count, 0)
  }
  closeSync(file)
  return invocations
}

it('a day of the whole trace, 140 MB, is read and gone through with a part of that in memory', () => {
  const invocations = write('day.csv', '')
  const expected = writeDay(invocations)
  const before = process.memoryUsage().rss
  const workload = read({ invocations }, { partOfDay: false })
  let arrived = 0
  let mostMemory = 0
  let lastUs = 0
  for (const { atUs } of workload.arrivals()) {
    if (atUs < lastUs) throw new RangeError(`back from ${lastUs} to ${atUs} µs`)
    lastUs = atUs
    arrived += 1
    if (arrived % 500_000 === 0) mostMemory = Math.max(mostMemory, process.memoryUsage().rss)
  }
  expect(workload.functions.length).toBe(FUNCTIONS)
  expect(arrived).toBe(expected)
  expect(workload.planned).toBe(expected)
  // 14 million counts that are not zero, eight bytes each in arrays that double; ids and names.
  expect(mostMemory - before).toBeLessThan(700_000_000)
})
