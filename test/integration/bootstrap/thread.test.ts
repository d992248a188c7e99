import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { THREAD_WORDS } from '../../../runtime/runtime-api/protocol.ts'
import { HANDLERS, jsonOf } from './runtime-under-test.ts'
import { takeLog, useRuntimes } from './transports.ts'

const runtimes = useRuntimes()
const { freeze, logBacklog } = THREAD_WORDS

describe('a thread sandbox', () => {
  it('parks when it is told to, runs nothing meanwhile, and goes on when the flag is cleared', async () => {
    const runtime = await runtimes.startThread().load('print.cjs', 'later')
    await runtime.invoke()
    Atomics.store(runtime.words, freeze, 1)
    runtime.transport.send({ type: 'freeze' })
    await runtime.first('parked')
    const count = runtime.received.length
    // The handler has left a timer of 20 ms.
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(runtime.received).toHaveLength(count)
    Atomics.store(runtime.words, freeze, 0)
    Atomics.notify(runtime.words, freeze)
    const log = await runtime.next(({ header }) => header.type === 'log', count)
    expect(Buffer.from(log.payload).toString()).toContain('after the answer')
    expect((await runtime.invoke()).header.type).toBe('response')
  })

  it('does not park when the flag was cleared before it got there', async () => {
    const runtime = await runtimes.startThread().load('forms.cjs', 'asyncResult')
    runtime.transport.send({ type: 'freeze' })
    await runtime.first('parked')
    expect((await runtime.invoke()).header.type).toBe('response')
  })

  it('can be ended while it is parked', async () => {
    const runtime = await runtimes.startThread().load('forms.cjs', 'asyncResult')
    Atomics.store(runtime.words, freeze, 1)
    runtime.transport.send({ type: 'freeze' })
    await runtime.first('parked')
    await runtime.transport.kill()
    expect((await runtime.ended).code).toBeUndefined()
  })

  it('ends by itself when the controller closes its port', async () => {
    const runtime = await runtimes.startThread().load('child.cjs', 'slow')
    runtime.send({})
    runtime.port.close()
    expect((await runtime.ended).code).toBe(0)
  })

  it('logs the warnings that Node would write to stderr', async () => {
    const runtime = await runtimes.startThread().load('print.cjs', 'warns')
    const { logs } = await runtime.invoke()
    expect(logs.map(({ text }) => text)).toEqual([`(node:${process.pid}) [W1] Warning: careful`])
  })

  it('writes nothing to the stdout and stderr of the controller', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      join(HANDLERS, 'thread-controller.mjs'),
      runtimes.artifact().threadMainPath,
      join(HANDLERS, 'print.cjs'),
      'lines,encodings,indirect,warns',
    ])
    expect({ stdout, stderr }).toEqual({ stdout: 'the controller\n', stderr: '' })
  })

  it('waits when its log is not taken', async () => {
    const COUNT = 60_000
    const runtime = await runtimes.startThread({ takesLog: false }).load('print.cjs', 'flood')
    const { words } = runtime
    let taken = 0
    let highest = 0
    let isTaking = false
    const take = (): void => {
      for (; taken < runtime.received.length; taken += 1) {
        takeLog(words, runtime.received[taken] as (typeof runtime.received)[0])
      }
    }
    runtime.port.on('message', () => {
      highest = Math.max(highest, Atomics.load(words, logBacklog))
      if (isTaking) take()
    })
    const answered = runtime.invoke({ count: COUNT })
    await new Promise((resolve) => setTimeout(resolve, 300))
    const untaken = runtime.logs.length
    isTaking = true
    take()
    const { logs } = await answered
    take()
    expect(untaken).toBeLessThan(COUNT / 2)
    expect(logs).toHaveLength(COUNT)
    expect(highest).toBeLessThan(6_000_000)
    expect(Atomics.load(words, logBacklog)).toBe(0)
  })

  it('has an environment of its own', async () => {
    const runtime = await runtimes.startThread().load('context.cjs', 'environment')
    expect(jsonOf((await runtime.invoke()).text).MARK).toBe('set')
    expect(process.env.MARK).toBeUndefined()
  })
})
