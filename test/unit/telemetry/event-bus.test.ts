import { describe, expect, it, onTestFinished } from 'vitest'
import type { SandboxId } from '../../../runtime/kernel/ids.ts'
import { EventBus } from '../../../runtime/telemetry/event-bus.ts'
import type { PlatformEvent } from '../../../runtime/telemetry/platform-events.ts'

const event = (reason: string): PlatformEvent => ({
  type: 'sandbox.stopped',
  functionName: 'f',
  sandboxId: 's' as SandboxId,
  atMs: 0,
  reason,
})

describe('the event bus', () => {
  it('hands each event to all, in order, before it returns', () => {
    const bus = new EventBus()
    const heard: unknown[] = []
    bus.on((event) => heard.push(['first', event]))
    bus.on((event) => heard.push(['second', event]))
    const one = event('idle')
    bus.emit(one)
    expect(heard).toEqual([
      ['first', one],
      ['second', one],
    ])
  })

  it('tells nothing to one who has stopped hearing, also when that was done twice', () => {
    const bus = new EventBus()
    const heard: PlatformEvent[] = []
    const stop = bus.on((event) => heard.push(event))
    stop()
    stop()
    bus.emit(event('idle'))
    expect(heard).toEqual([])
  })

  it('lets a listener that throws disturb nobody, and does not hide its error', async () => {
    const surfaced = whenUncaught()
    const bus = new EventBus()
    const heard: PlatformEvent[] = []
    bus.on(() => {
      throw new Error('mine')
    })
    bus.on((event) => heard.push(event))
    bus.emit(event('idle'))
    expect(heard).toHaveLength(1)
    expect(await surfaced).toEqual(new Error('mine'))
  })
})

/** Takes the place of those who would report the error as a failure of the test run. */
function whenUncaught(): Promise<unknown> {
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  onTestFinished(() => {
    for (const other of others) process.on('uncaughtException', other)
  })
  return new Promise((resolve) => process.once('uncaughtException', resolve))
}
