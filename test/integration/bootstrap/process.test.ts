import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { jsonOf } from './runtime-under-test.ts'
import { useRuntimes } from './transports.ts'

const runtimes = useRuntimes()

describe('a process sandbox', () => {
  it.each([
    ['before it has been told anything', undefined],
    ['while it is idle', 'descriptors'],
    ['while its handler waits', 'slow'],
  ])('ends by itself when the controller is gone %s', async (_when, handler) => {
    const runtime = runtimes.startProcess()
    if (handler === undefined) await runtime.first('booted')
    else await runtime.load('child.cjs', handler)
    if (handler === 'slow') runtime.send({})
    runtime.channel.destroy()
    expect((await runtime.ended).code).toBe(0)
  })

  it('ends when it has something to say and the controller is gone', async () => {
    const runtime = await runtimes.startProcess().load('print.cjs', 'flood')
    runtime.send({ count: 1_000_000_000 })
    await runtime.next(({ header }) => header.type === 'log', 2)
    runtime.channel.destroy()
    expect((await runtime.ended).code).toBe(0)
  })

  it('keeps its channel from the children of the handler', async () => {
    const runtime = await runtimes.startProcess().load('child.cjs', 'descriptors')
    expect(jsonOf((await runtime.invoke()).text)).toBe('closed')
  })

  it('leaves what children write on its stdout to the controller', async () => {
    const runtime = await runtimes.startProcess().load('child.cjs', 'speaks')
    const raw: string[] = []
    runtime.child.stdout?.on('data', (piece) => raw.push(String(piece)))
    const { logs } = await runtime.invoke()
    await expect.poll(() => raw.join(''), { timeout: 10_000 }).toBe('raw\n')
    expect(logs).toEqual([])
  })

  it('says nothing of its own on stdout and stderr', async () => {
    const runtime = runtimes.startProcess()
    const raw: string[] = []
    runtime.child.stdout?.on('data', (piece) => raw.push(String(piece)))
    runtime.child.stderr?.on('data', (piece) => raw.push(String(piece)))
    await runtime.load('print.cjs', 'lines')
    await runtime.invoke()
    runtime.channel.destroy()
    await runtime.ended
    expect(raw).toEqual([])
  })

  it('keeps the heap limit that it was started with, though Node takes its cached code again', async () => {
    const execArgv = ['--max-old-space-size=200']
    const runtime = await runtimes.startProcess({ execArgv }).load('context.cjs', 'heapLimit')
    const { limitMb, isMarked } = jsonOf((await runtime.invoke()).text) as {
      limitMb: number
      isMarked: boolean
    }
    // What it comes to, young generation included, differs from one Node to the next.
    const question = "require('node:v8').getHeapStatistics().heap_size_limit / 1_048_576"
    const { stdout } = await execa(process.execPath, [...execArgv, '-p', question])
    expect(limitMb).toBe(Number(stdout))
    expect(isMarked).toBe(false)
  })

  it('reads its channel with node:net where Node refuses the handle beneath it', async () => {
    const preload = join(runtimes.cachePath(), 'no-binding.cjs')
    writeFileSync(
      preload,
      'process.binding = () => { globalThis.refused = true; throw new Error("refused") }',
    )
    const handler = join(runtimes.cachePath(), 'refused.cjs')
    writeFileSync(handler, 'exports.handler = async (event) => [globalThis.refused, event.length]')
    const runtime = runtimes.startProcess({ execArgv: ['--require', preload] })
    await runtime.load('refused.cjs', 'handler', { modulePath: handler })
    const event = 'x'.repeat(1_000_000)
    expect(
      jsonOf((await runtime.invoke(event.length > 0 ? JSON.stringify(event) : '')).text),
    ).toEqual([true, 1_000_000])
    runtime.channel.destroy()
    expect((await runtime.ended).code).toBe(0)
  })

  it('takes an event in many pieces', async () => {
    const runtime = await runtimes.startProcess().load('forms.cjs', 'asyncResult')
    const event = { text: 'é'.repeat(2_000_000) }
    const { text } = await runtime.invoke(event)
    expect(jsonOf(text)).toEqual({ got: event })
  })
})
