import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readAlarms, watchAlarms } from '../../../../cli/alarms/alarms.ts'
import { collectMetrics } from '../../../../runtime/telemetry/metrics/collect-metrics.ts'
import type { PlatformEvent } from '../../../../runtime/telemetry/platform-events.ts'
import { at, ran, throttled } from '../../telemetry/metrics/told.ts'

beforeEach(() => void vi.useFakeTimers({ now: at(0, 30) }))
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const FUNCTIONS = [{ name: 'hello' }, { name: 'notify' }]

function watching(
  alarm: string,
  onAlarm: readonly string[],
  { json = false, invoke = async () => ({}) }: { json?: boolean; invoke?: () => unknown } = {},
) {
  const written = { stdout: [] as string[], stderr: [] as string[] }
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name].push(String(text))
      return true
    })
  }
  let tell: (event: PlatformEvent) => void = () => undefined
  const metrics = collectMetrics({
    onEvent: (listener) => {
      tell = listener
    },
    wallMs: Date.now,
  })
  const asked: unknown[] = []
  const emulator = {
    invoke: (input: unknown) => {
      asked.push(input)
      return invoke()
    },
  } as never
  const watch = watchAlarms(readAlarms([alarm], onAlarm, FUNCTIONS), { emulator, metrics, json })
  return { tell: (...events: PlatformEvent[]) => events.forEach(tell), written, watch, asked }
}

describe('a server with an alarm', () => {
  it('looks at it when each minute has ended, until it is stopped', async () => {
    const { tell, written, watch } = watching('hello:Duration>500 for 1m', [])
    tell(...ran('a', at(0, 31), at(0, 32)))
    await vi.advanceTimersByTimeAsync(29_999)
    expect(written.stderr).toEqual([])
    await vi.advanceTimersByTimeAsync(1_000)
    const alarm = 'sandlot: alarm: hello:Duration>500 for 1m is'
    expect(written.stderr).toEqual([
      `${alarm} ALARM, was INSUFFICIENT_DATA: 1,000 ms in one minute\n`,
    ])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(written.stderr[1]).toBe(`${alarm} INSUFFICIENT_DATA, was ALARM: – in one minute\n`)
    watch.stop()
    tell(...ran('b', at(2, 31), at(2, 32)))
    await vi.advanceTimersByTimeAsync(120_000)
    expect(written.stderr).toHaveLength(2)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('logs its changes as JSON where the log is JSON', () => {
    const { tell, written } = watching('Throttles>0 for 1m', [], { json: true })
    tell(throttled(at(0, 31)))
    expect(written.stderr).toEqual([])
    expect(written.stdout.map((line) => JSON.parse(line))).toEqual([
      {
        level: 40,
        time: at(0, 30),
        type: 'alarm',
        alarm: 'Throttles>0 for 1m',
        state: 'ALARM',
        previous: 'INSUFFICIENT_DATA',
        values: [1],
        msg: 'Throttles>0 for 1m is ALARM, was INSUFFICIENT_DATA: 1 in one minute',
      },
    ])
  })

  it.each([
    [
      'throttled',
      () => Promise.reject(new Error('Rate Exceeded.')),
      ': notify was not told: Rate Exceeded.',
    ],
    [
      'failed',
      async () => ({ functionError: 'Unhandled', errorType: 'TypeError' }),
      ': notify was not told: it failed with TypeError',
    ],
  ])('says that the function it invokes has %s, and goes on', async (_how, invoke, text) => {
    const options = { json: true, invoke }
    const { tell, written, asked } = watching(
      'hello:Throttles>0 for 1m',
      ['function:notify'],
      options,
    )
    tell(throttled(at(0, 31)))
    await vi.advanceTimersByTimeAsync(91_000)
    expect(asked).toMatchObject([
      { functionName: 'notify', payload: expect.stringMatching('"value":"ALARM"') },
      { functionName: 'notify', payload: expect.stringMatching('"value":"OK"') },
    ])
    const lines = written.stdout.map((line) => JSON.parse(line) as { msg: string })
    expect(lines).toMatchObject([
      { level: 50, state: 'ALARM', msg: text.slice(2) },
      { level: 50, state: 'OK', msg: text.slice(2) },
    ])
  })

  it('does nothing where there is none', () => {
    const { rules } = readAlarms([], [], FUNCTIONS)
    watchAlarms({ rules, targets: [] }, { emulator: {} as never, metrics: {} as never, json: true })
    expect(vi.getTimerCount()).toBe(0)
  })
})
