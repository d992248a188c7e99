import { describe, expect, it } from 'vitest'
import type { SecondRow } from '../../../../cli/measure/results/load-result.ts'
import { liveFrame, liveLine } from '../../../../cli/report/load/live-frame.ts'
import { LiveView } from '../../../../cli/report/load/live-view.ts'
import { sparkline } from '../../../../cli/report/sparkline.ts'
import { plain } from './plain.ts'

const workload = {
  loop: 'open',
  arrivals: 'constant',
  text: '200/s for 30 s, evenly spaced',
  durationMs: 30_000,
  planned: 6_000,
} as const

const row = (change: Partial<SecondRow> = {}): SecondRow => ({
  second: 0,
  sent: 200,
  cold: 0,
  warm: 100,
  throttled: 0,
  failed: 0,
  inFlight: 10,
  sandboxes: { starting: 0, busy: 10, idle: 0 },
  p50Ms: 102,
  p99Ms: null,
  maxMs: 131,
  ...change,
})

describe('a sparkline', () => {
  it('goes from 0 to the largest value, and shows what is not nothing', () => {
    expect(sparkline([0, 1, 50, 100], 10)).toBe(' ▁▄█')
    expect(sparkline([0, 0], 10)).toBe('  ')
    expect(sparkline([], 10)).toBe('')
  })

  it('has a dot where nothing is known', () => {
    expect(sparkline([1, null, 1], 10)).toBe('█·█')
  })

  it('has no more cells than it may, each the largest of its values', () => {
    expect(sparkline([0, 8, 1, 2, 0, 4], 3)).toBe('█▂▄')
  })
})

describe('what is seen while a load test runs', () => {
  const state = { label: 'hello', workload, passedMs: 12_000, isStopping: false }

  it('is where it is, the last second, and how things went until then', () => {
    const rows = [row({ cold: 10, throttled: 90, inFlight: 4 }), row({ p99Ms: 120.4 })]
    expect(liveFrame({ ...state, rows }, 100, plain)).toEqual([
      'hello  200/s for 30 s, evenly spaced',
      `${'█'.repeat(12)}${'░'.repeat(18)} 18 s left`,
      '200 /s · 10 in flight · sandboxes 10 busy 0 idle 0 starting · p50 102 p99 120 ms',
      'sent /s         ██ max 200',
      'in flight       ▃█ max 10',
      'sandboxes busy  ██ max 10',
      'cold /s         █  max 10',
      'throttled /s    █  max 90',
      'p50 ms          ██ max 102',
      'max ms          ██ max 131',
    ])
  })

  it('begins without a second', () => {
    expect(liveFrame({ ...state, passedMs: 0, rows: [] }, 100, plain)[1]).toBe(
      `${'░'.repeat(30)} 30 s left`,
    )
  })

  it('says what it waits for in the end, or when it is to stop', () => {
    const late = { ...state, rows: [], passedMs: 30_001 }
    expect(liveFrame(late, 100, plain)[1]).toMatch(/ waiting for what is in flight$/)
    expect(liveFrame({ ...late, isStopping: true }, 100, plain)[1]).toMatch(/ stopping: waiting/)
  })

  it('is a line in a log, without sandboxes where they are not ours', () => {
    const rows = [row({ sandboxes: null, failed: 3, p50Ms: null, maxMs: null })]
    expect(liveLine({ ...state, rows, passedMs: 1_004 }, plain)).toBe(
      '1 of 30 s  200 /s · 10 in flight · 3 failed · p50 – max – ms',
    )
  })
})

describe('the live view', () => {
  const written: string[] = []
  const stream = (isTTY: boolean, columns = 60) => ({
    isTTY,
    columns,
    write: (text: string) => written.push(text),
  })

  it('draws anew in its place, in one write, and is gone with the cursor back in the end', () => {
    written.length = 0
    const view = new LiveView('hello', workload, stream(true), plain)
    view.second(row())
    view.second(row())
    view.end()
    const [hide, first, second, third, erased, shown] = written
    expect([hide, shown]).toEqual(['\x1b[?25l', '\x1b[?25h'])
    const lines = (text = ''): number => text.split('\n').length - 1
    expect(second?.startsWith(`\x1b[${lines(first)}A\r`)).toBe(true)
    expect(third?.startsWith(`\x1b[${lines(second)}A\r`)).toBe(true)
    expect(erased).toBe(`\x1b[${lines(third)}A\r\x1b[J`)
  })

  it('never writes a line that the terminal would break', () => {
    written.length = 0
    const view = new LiveView('a'.repeat(80), workload, stream(true, 40), plain)
    view.second(row())
    view.end()
    const drawn = written[2]?.split('\r')[1]?.split('\x1b[K\n') ?? []
    expect(Math.max(...drawn.map(({ length }) => length))).toBeLessThan(40)
    expect(drawn[0]).toBe(`${'a'.repeat(38)}…`)
  })

  it('writes a line after the first second and every fifth from then on, without a terminal', () => {
    written.length = 0
    const view = new LiveView('hello', workload, stream(false), plain)
    for (let second = 0; second < 12; second += 1) view.second(row())
    view.end()
    expect(written).toHaveLength(3)
    expect(written.join('')).not.toContain('\x1b')
  })
})
