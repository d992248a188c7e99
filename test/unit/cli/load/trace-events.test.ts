import { expect, it } from 'vitest'
import { TraceEvents } from '../../../../cli/report/load/trace-events.ts'
import type { PlatformEvent } from '../../../../runtime/telemetry/platform-events.ts'

it('a pool as a trace has a lane for each sandbox, with spans for what it did and how long', () => {
  const pool = new TraceEvents()
  const hear = (sandboxId: string, atMs: number, event: object): void =>
    pool.hear({ functionName: 'f', sandboxId, atMs, ...event } as PlatformEvent)
  const [a, b] = ['aaaaaaaa-1', 'bbbbbbbb-2']
  const life = (change: string, reason?: string) => ({ type: `sandbox.${change}`, reason })
  hear(a, 10, life('created'))
  hear(a, 10, { type: 'platform.initStart', phase: 'init' })
  hear(b, 20, life('created'))
  const init = { type: 'platform.initReport', phase: 'init', status: 'success', durationMs: 39.5 }
  hear(a, 50, init)
  hear(a, 50, { type: 'platform.start', requestId: 'r1' })
  hear(a, 60, { type: 'platform.runtimeDone', requestId: 'r1', served: 1 })
  hear(a, 60, { type: 'platform.report', requestId: 'r1', report: { status: 'success' } })
  hear(a, 65, life('frozen'))
  hear(a, 70, { type: 'platform.throttle', requestId: 'r2', reason: 'Reserved' })
  hear(a, 75, life('thawed'))
  hear(a, 75, { type: 'platform.start', requestId: 'r3' })
  hear(a, 90, { type: 'platform.report', requestId: 'r3', report: { status: 'timeout' } })
  hear(a, 91, life('reset', 'timeout'))
  hear(a, 95, life('frozen'))
  hear(a, 99, life('stopped', 'closing'))
  const { traceEvents } = JSON.parse(pool.json())
  const shown = traceEvents.map(({ ph, tid, name, ts, dur, args }: Record<string, unknown>) =>
    ph === 'M'
      ? [tid, (args as { name: string }).name]
      : [tid, name, ts, ...(dur === undefined ? [] : [dur])],
  )
  expect(shown).toEqual([
    [0, 'pool'],
    [0, 'throttled'],
    [1, 'sandbox 1 (aaaaaaaa)'],
    [1, 'created', 10_000],
    [2, 'sandbox 2 (bbbbbbbb)'],
    [2, 'created', 20_000],
    [1, 'init', 10_000, 40_000],
    [1, 'invoke', 50_000, 10_000],
    [0, 'throttle', 70_000],
    [1, 'frozen', 65_000, 10_000],
    [1, 'invoke: timeout', 75_000, 15_000],
    [1, 'reset', 91_000],
    [1, 'frozen', 95_000, 4_000],
    [1, 'stopped', 99_000],
  ])
})

it('a trace is bounded: what comes later is counted', () => {
  const pool = new TraceEvents(4)
  for (let requestId = 0; requestId < 10; requestId += 1) {
    const event = { type: 'platform.throttle', atMs: 1, reason: 'Reserved', requestId }
    pool.hear(event as unknown as PlatformEvent)
  }
  const { traceEvents, otherData } = JSON.parse(pool.json())
  expect([traceEvents.length, otherData]).toEqual([4, { leftOut: 8 }])
})
