import type { Bench } from './measurement.ts'

/**
 * Does each of several things once a round, round after round, so that whatever else goes on on the
 * machine disturbs all of them alike. The order turns round every time, and a first round does not
 * count.
 *
 * @returns what each of them gave, in the order of the rounds.
 */
export async function inRounds<Name extends string, Value>(
  bench: Bench,
  rounds: number,
  acts: Readonly<Record<Name, () => Promise<Value>>>,
): Promise<Record<Name, Value[]>> {
  const names = Object.keys(acts) as Name[]
  const given = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    Value[]
  >
  for (let round = 0; round <= rounds; round += 1) {
    bench.show(round, rounds + 1, 'rounds')
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await acts[name]()
      if (round > 0) given[name].push(value)
    }
  }
  return given
}
