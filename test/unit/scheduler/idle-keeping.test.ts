import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import { type HeapItem, IdleHeap } from '../../../runtime/scheduler/idle-heap.ts'
import { Scheduler } from '../../../runtime/scheduler/scheduler.ts'
import {
  NO_RECYCLING,
  type SchedulerOptions,
} from '../../../runtime/scheduler/scheduler-options.ts'
import { schedulerOptions } from '../../support/scheduler-options.ts'
import { SchedulerTimeline } from './scheduler-timeline.ts'

const SECOND = 1_000_000
const MINUTE = 60 * SECOND

const timeline = (changes: Partial<SchedulerOptions> = {}): SchedulerTimeline => {
  const line = new SchedulerTimeline(new Scheduler(schedulerOptions(changes)))
  line.deploy('f', { timeoutUs: 3 * SECOND })
  line.deploy('g', { timeoutUs: 3 * SECOND })
  return line
}

const timerOf = (actions: readonly string[], name: string): number =>
  Number(actions.find((action) => action.startsWith(`set ${name} `))?.split('@')[1])

describe('an idle sandbox', () => {
  it('is kept for a fixed time: stopped at its end, and not a microsecond before', () => {
    const line = timeline({ keepAlive: { kind: 'fixed', lifetimeUs: MINUTE } })
    line.warm('a', 's1')
    expect(line.at(MINUTE - 1).fired('idle', 's1')).toEqual(['set idle s1 @60000000'])
    expect(line.at(MINUTE).fired('idle', 's1')).toContain('stop s1 idle')
  })

  it('is not kept at all where every invocation is to be cold', () => {
    const line = timeline({ keepAlive: { kind: 'none' } })
    line.arrive('a')
    line.started('s1')
    expect(line.responded('s1', 'a')).toContain('stop s1 idle')
    expect(line.arrive('b')).toContain('assign b→s2 no sandbox')
  })

  it('has its timer set earlier when the time that is drawn is shorter', () => {
    const keepAlive = { kind: 'drawn', leastUs: MINUTE, mostUs: 20 * MINUTE } as const
    const line = timeline({ keepAlive, random: seededRandom(3) })
    line.arrive('a')
    line.started('s1')
    const untilUs = [timerOf(line.responded('s1', 'a'), 'idle s1')]
    for (let made = 0; made < 40; made += 1) {
      line.arrive('a')
      const atUs = timerOf(line.responded('s1', 'a'), 'idle s1')
      if (!Number.isNaN(atUs)) untilUs.push(atUs)
    }
    expect(untilUs.length).toBeGreaterThan(1)
    expect(untilUs).toEqual([...untilUs].sort((a, b) => b - a))
    for (const atUs of untilUs) {
      expect(atUs).toBeGreaterThanOrEqual(MINUTE)
      expect(atUs).toBeLessThanOrEqual(20 * MINUTE)
    }
  })

  it('is evicted alone, with its function, or with all', () => {
    const line = timeline()
    line.warm('a', 's1')
    line.arrive('b', { functionKey: 'g' })
    line.started('s2')
    line.responded('s2', 'b')
    line.arrive('c', { forceCold: true })
    line.started('s3')
    line.responded('s3', 'c')
    const stops = (actions: readonly string[]) =>
      actions.filter((action) => action.startsWith('stop '))
    expect(stops(line.evictOne('s3'))).toEqual(['stop s3 evicted'])
    expect(stops(line.evict('g'))).toEqual(['stop s2 evicted'])
    expect(stops(line.evict())).toEqual(['stop s1 evicted'])
  })
})

/** Comes every three minutes, so that the hybrid policy learns to expect it. */
function regular(line: SchedulerTimeline): string[] {
  let told: string[] = []
  let sandboxes = 0
  for (let nowUs = 0; nowUs < 60 * MINUTE; nowUs += 3 * MINUTE) {
    const actions = line.at(nowUs).arrive('a')
    const made = actions.some((action) => action.startsWith('create'))
    if (made) sandboxes += 1
    const sandbox = `s${sandboxes}`
    if (made) line.started(sandbox)
    told = line.responded(sandbox, 'a')
    if (told.some((action) => action.startsWith('stop'))) line.stopped(sandbox)
  }
  return told
}

/** Of the first action of this kind. */
const sandboxOf = (actions: readonly string[], kind: string): string =>
  actions.find((action) => action.startsWith(`${kind} `))?.split(' ')[1] ?? 'none'

describe('the hybrid policy', () => {
  const hybrid = (): SchedulerTimeline => timeline({ keepAlive: { kind: 'hybrid' } })

  it('stops a sandbox at once and starts another shortly before the next invocation is likely', () => {
    const line = hybrid()
    const told = regular(line)
    expect(told.some((action) => action.endsWith('idle') && action.startsWith('stop'))).toBe(true)
    const atUs = timerOf(told, 'prewarm f')
    const lastUs = 57 * MINUTE
    expect(atUs - lastUs).toBeGreaterThan(2 * MINUTE)
    expect(atUs - lastUs).toBeLessThan(3 * MINUTE)
    expect(line.at(atUs - 1).firedOf('prewarm')).toEqual([])
    const started = line.at(atUs).firedOf('prewarm')
    expect(started.filter((action) => action.startsWith('start'))).toHaveLength(1)
    expect(started.some((action) => action.endsWith('init ahead'))).toBe(true)
  })

  it('keeps the one started ahead to the end of the window, and starts no other after it', () => {
    const line = hybrid()
    const told = regular(line)
    const atUs = timerOf(told, 'prewarm f')
    const next = sandboxOf(line.at(atUs).firedOf('prewarm'), 'start')
    // From 10 % before the third minute to 10 % after the fourth.
    const untilUs = atUs + 1.7 * MINUTE
    const ready = line.started(next)
    expect(ready).toContain(`set idle ${next} @${untilUs}`)
    expect(ready.some((action) => action.startsWith('set prewarm'))).toBe(false)
    expect(line.at(untilUs - 1).fired('idle', next)).toEqual([`set idle ${next} @${untilUs}`])
    expect(line.at(untilUs).fired('idle', next)).toContain(`stop ${next} idle`)
  })

  it('treats the one started ahead like any other once it has been used', () => {
    const line = hybrid()
    const atUs = timerOf(regular(line), 'prewarm f')
    const next = sandboxOf(line.at(atUs).firedOf('prewarm'), 'start')
    line.started(next)
    expect(line.at(atUs + 1).arrive('a')).toContain(`assign a→${next} reused`)
    expect(line.responded(next, 'a')).toContain(`stop ${next} idle`)
  })

  it('keeps one through the window while another is in flight, since the version is not idle', () => {
    const line = hybrid()
    const atUs = timerOf(regular(line), 'prewarm f')
    const first = sandboxOf(line.at(atUs).arrive('a'), 'create')
    line.started(first)
    const second = sandboxOf(line.arrive('b'), 'create')
    line.started(second)
    const ended = line.responded(first, 'a')
    expect(ended).toContain(`set idle ${first} @${atUs + 4.4 * MINUTE}`)
    expect(ended.some((action) => action.startsWith('set prewarm'))).toBe(false)
    const last = line.responded(second, 'b')
    expect(last).toContain(`stop ${second} idle`)
    // It came 2.7 min after the one before: the head is the second minute now.
    expect(timerOf(last, 'prewarm f')).toBe(atUs + 1.8 * MINUTE)
  })

  it('goes by the last answer alone: what was to be started before is dropped', () => {
    const line = hybrid()
    const atUs = timerOf(regular(line), 'prewarm f')
    // Half a minute after the last one, of twenty: it may be needed at once, so the sandbox stays.
    line.at(57.5 * MINUTE)
    const again = sandboxOf(line.arrive('a'), 'create')
    line.started(again)
    const kept = line.responded(again, 'a')
    expect(kept).toContain(`set idle ${again} @${(57.5 + 4.4) * MINUTE}`)
    expect(kept.some((action) => action.startsWith('set prewarm'))).toBe(false)
    line.evictOne(again)
    line.stopped(again)
    expect(line.at(atUs).firedOf('prewarm')).toEqual([])
  })

  it('starts none ahead where that would evict another, or when all is closing', () => {
    const full = timeline({ keepAlive: { kind: 'hybrid' }, memoryBudgetMb: 16 })
    const atUs = timerOf(regular(full), 'prewarm f')
    const other = sandboxOf(full.at(atUs - 1).arrive('b', { functionKey: 'g' }), 'create')
    full.started(other)
    full.responded(other, 'b')
    expect(full.at(atUs).firedOf('prewarm')).toEqual([])
    const closing = hybrid()
    regular(closing)
    closing.close()
    expect(closing.at(atUs).firedOf('prewarm')).toEqual([])
  })

  it('starts none where there is one already', () => {
    const line = hybrid()
    const atUs = timerOf(regular(line), 'prewarm f')
    line.at(atUs - 1_000).arrive('b')
    expect(line.at(atUs).firedOf('prewarm')).toEqual([])
  })
})

describe('recycling', () => {
  it('replaces a sandbox after so many invocations', () => {
    const line = timeline({ recycling: { ...NO_RECYCLING, afterInvocations: 2 } })
    line.arrive('a')
    line.started('s1')
    expect(line.responded('s1', 'a').some((action) => action.startsWith('stop'))).toBe(false)
    line.arrive('b')
    expect(line.responded('s1', 'b')).toContain('stop s1 recycled')
  })

  it('replaces it at a certain age: a busy one when it is done, an idle one at that instant', () => {
    const recycling = { ...NO_RECYCLING, leastAgeUs: MINUTE, mostAgeUs: MINUTE }
    const line = timeline({ recycling })
    line.warm('a', 's1')
    line.at(MINUTE - 1).arrive('b')
    expect(line.at(MINUTE).responded('s1', 'b')).toContain('stop s1 recycled')
    const other = timeline({ recycling })
    other.arrive('a')
    other.started('s1')
    expect(other.at(10).responded('s1', 'a')).toContain('set idle s1 @60000000')
    expect(other.at(MINUTE - 1).fired('idle', 's1')).toEqual(['set idle s1 @60000000'])
    expect(other.at(MINUTE).fired('idle', 's1')).toContain('stop s1 recycled')
  })

  it('draws the age between the two bounds', () => {
    const recycling = { ...NO_RECYCLING, leastAgeUs: MINUTE, mostAgeUs: 9 * MINUTE }
    const line = timeline({ recycling })
    const atUs = ['a', 'b', 'c'].map((name, index) => {
      line.arrive(name)
      line.started(`s${index + 1}`)
      return index
    })
    const ends = atUs.map((index) => {
      const name = 'abc'[index] as string
      return timerOf(line.responded(`s${index + 1}`, name), `idle s${index + 1}`)
    })
    expect(new Set(ends).size).toBe(3)
    for (const end of ends) {
      expect(end).toBeGreaterThanOrEqual(MINUTE)
      expect(end).toBeLessThanOrEqual(9 * MINUTE)
    }
  })
})

describe('the memory budget', () => {
  const evictions = (actions: readonly string[]): string[] =>
    actions.filter((action) => action.endsWith('memory pressure'))

  /** Three idle sandboxes of 16 MB, s1 idle longest. */
  function threeIdle(budgetMb: number): SchedulerTimeline {
    const line = timeline({ memoryBudgetMb: budgetMb })
    for (const name of ['a', 'b', 'c']) line.arrive(name, { forceCold: true })
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      line.at(1_000 * index).started(`s${index + 1}`)
      line.responded(`s${index + 1}`, name)
    }
    return line
  }

  it('holds what fits to the megabyte, and evicts for one more', () => {
    const cold = { forceCold: true }
    expect(evictions(threeIdle(64).arrive('d', cold))).toEqual([])
    expect(evictions(threeIdle(63).arrive('d', cold))).toEqual(['stop s1 memory pressure'])
  })

  it('evicts as many as it takes, the one idle longest first', () => {
    const line = threeIdle(48)
    line.deploy('g', { timeoutUs: SECOND, footprintMb: 32 })
    expect(evictions(line.arrive('d', { functionKey: 'g' }))).toEqual([
      'stop s1 memory pressure',
      'stop s2 memory pressure',
    ])
  })

  it('evicts nobody where that would not be enough', () => {
    const line = threeIdle(48)
    line.deploy('g', { timeoutUs: SECOND, footprintMb: 49 })
    expect(line.arrive('d', { functionKey: 'g' })).toEqual(['refuse d 48 of 48 MB'])
  })

  it('is kept when a sandbox turns out to take more', () => {
    const line = threeIdle(48)
    line.arrive('d')
    expect(evictions(line.measured('s3', 17))).toEqual(['stop s1 memory pressure'])
    expect(line.scheduler.memory()).toEqual({ budgetMb: 48, takenMb: 33 })
    expect(evictions(line.measured('s3', 100))).toEqual(['stop s2 memory pressure'])
  })

  it('evicts by worth under greedy-dual: what is used seldom goes, though it was used last', () => {
    const line = timeline({ memoryBudgetMb: 32, keepAlive: { kind: 'greedy-dual' } })
    line.arrive('a')
    line.at(1_000).started('s1')
    line.responded('s1', 'a')
    for (let made = 0; made < 5; made += 1) {
      line.arrive('b')
      line.responded('s1', 'b')
    }
    line.arrive('c', { functionKey: 'g' })
    line.at(2_000).started('s2')
    line.responded('s2', 'c')
    line.deploy('h', { timeoutUs: SECOND })
    expect(evictions(line.arrive('d', { functionKey: 'h' }))).toEqual(['stop s2 memory pressure'])
  })
})

describe('greedy-dual under a memory budget', () => {
  it('lets one that was much used be overtaken, by as many evictions as it had uses', () => {
    const line = timeline({ memoryBudgetMb: 32, keepAlive: { kind: 'greedy-dual' } })
    const once = (functionKey: string, index: number): string[] => {
      line.deploy(functionKey, { timeoutUs: SECOND })
      const told = line.at(index * 10_000).arrive('a', { functionKey })
      line.at(index * 10_000 + 1_000).started(`s${index + 1}`)
      line.responded(`s${index + 1}`, 'a')
      return told.filter((action) => action.endsWith('memory pressure'))
    }
    once('f', 0)
    for (let made = 1; made < 6; made += 1) {
      line.arrive('a')
      line.responded('s1', 'a')
    }
    // 6 × 1,000 µs / 16 MB = 375; each of the others, used once, is worth 62.5 more than the last.
    const evicted = Array.from({ length: 8 }, (_, index) => once(`h${index}`, index + 1)).flat()
    const inOrder = ['s2', 's3', 's4', 's5', 's6', 's1', 's7']
    expect(evicted).toEqual(inOrder.map((sandbox) => `stop ${sandbox} memory pressure`))
  })
})

describe('the heap of idle sandboxes', () => {
  it('gives the one of least worth, of equal ones the first, whatever was added and removed', () => {
    interface Item extends HeapItem {
      readonly name: number
    }
    const acts = fc.array(
      fc.oneof(fc.record({ worth: fc.integer({ min: 0, max: 9 }) }), fc.record({ gone: fc.nat() })),
      { maxLength: 300 },
    )
    fc.assert(
      fc.property(acts, (steps) => {
        const heap = new IdleHeap<Item>()
        const there: { readonly item: Item; readonly worth: number }[] = []
        for (const [name, step] of steps.entries()) {
          if ('worth' in step) {
            const item = { name, heapSequence: 0 }
            heap.add(item, step.worth)
            there.push({ item, worth: step.worth })
          } else if (there.length > 0) {
            const [gone] = there.splice(step.gone % there.length, 1)
            if (gone !== undefined) heap.remove(gone.item)
          }
          const [least] = [...there].sort((a, b) => a.worth - b.worth)
          expect(heap.least()).toBe(least?.item)
        }
      }),
    )
  })
})
