import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StandIn, startStandIn } from '../../../cli/measure/workloads/start-stand-in.ts'
import { WORKLOADS, workloadMeasurands } from '../../../cli/measure/workloads/workloads.ts'
import type { Pixels } from '../../../handlers/workloads/pixels.ts'
import { decodePng } from '../../../handlers/workloads/png-decoder.ts'
import { createEmulator, type Emulator } from '../../../runtime/emulator.ts'

const folder = mkdtempSync(join(tmpdir(), 'sandlot-workloads-'))
const measurands = new Map<string, ReturnType<typeof workloadMeasurands>[number]>()
let store: StandIn
let emulator: Emulator

beforeAll(async () => {
  store = await startStandIn()
  emulator = await createEmulator({ stateDir: join(folder, 'state'), cpu: 'unlimited' })
  for (const each of workloadMeasurands(store.url)) {
    measurands.set(each.input.name, each)
    await emulator.deploy(each.input)
  }
})

afterAll(async () => {
  await emulator.close()
  await store.close()
  expect(readdirSync(join(folder, 'state', 'controllers'))).toEqual([])
  rmSync(folder, { recursive: true })
})

/** What the handler answers; `event` absent: to the event that it is measured with. */
async function answer<T>(functionName: string, event?: object): Promise<T> {
  const payload = event ? JSON.stringify(event) : (measurands.get(functionName)?.payload ?? '')
  const result = await emulator.invoke({ functionName, payload })
  const text = Buffer.from(result.payload).toString('utf8')
  expect(result.outcome, text).toBe('success')
  return JSON.parse(text) as T
}

async function failure(functionName: string, event: object): Promise<string> {
  const result = await emulator.invoke({ functionName, payload: JSON.stringify(event) })
  expect(result.outcome).toBe('error')
  const { errorMessage } = JSON.parse(Buffer.from(result.payload).toString('utf8')) as {
    errorMessage: string
  }
  return errorMessage
}

async function stored(name: string): Promise<Buffer> {
  const response = await fetch(`${store.url}/objects/${encodeURIComponent(name)}`)
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

interface Http {
  readonly statusCode: number
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

describe('the workloads', () => {
  it('are six, each with an event that it succeeds with, again and again', async () => {
    expect(measurands.size).toBe(6)
    expect(Object.keys(WORKLOADS)).toHaveLength(6)
    for (const name of measurands.keys()) {
      expect(await answer(name)).toBeTypeOf('object')
      expect(await answer(name)).toBeTypeOf('object')
    }
  })

  it('say how to get a store when they have none', async () => {
    const { input } = measurands.get('upload') ?? expect.fail('there is no upload')
    const { handler, rootDir } = input
    await emulator.deploy({ name: 'storeless', handler, rootDir })
    expect(await failure('storeless', { source: 'a', target: 'b' })).toBe(
      "STORE_URL is not set: this workload needs a store. Run 'sandlot bench --workloads', which starts one.",
    )
  })

  it('name the object that is not in the store', async () => {
    expect(await failure('upload', { source: 'no/such', target: 'b' })).toBe(
      'The store has no /objects/no/such',
    )
  })
})

describe('sleep', () => {
  it('waits as long as it is told', async () => {
    const { sleptMs } = await answer<{ sleptMs: number }>('sleep', { ms: 30 })
    // A timer may fire a hair early by another clock.
    expect(sleptMs).toBeGreaterThan(28)
  })

  it('does not take a time that is none', async () => {
    expect(await failure('sleep', { ms: -1 })).toBe("'ms' must be a number, 0 or more")
  })
})

describe('dynamic-html', () => {
  it('renders a row for every order', async () => {
    const { statusCode, headers, body } = await answer<Http>('dynamic-html')
    expect(statusCode).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(body).toMatch(/^<!doctype html>\n/)
    expect(body.match(/<tr id="order-/g)).toHaveLength(100)
    expect(body).toContain('100 orders')
  })

  it('escapes what it is given', async () => {
    const orders = [{ id: '"1', article: "<b>&'</b>", quantity: 2, priceCents: 150 }]
    const { body } = await answer<Http>('dynamic-html', { customer: '<script>', orders })
    expect(body).toContain('<h1>Orders of &lt;script&gt;</h1>')
    expect(body).toContain(
      '<tr id="order-&quot;1"><td>&quot;1</td><td>&lt;b&gt;&amp;&#39;&lt;/b&gt;</td><td>2</td><td>€ 3.00</td></tr>',
    )
  })
})

describe('upload', () => {
  it('stores what it has fetched, and tells its hash', async () => {
    const result = await answer<{ bytes: number; sha256: string }>('upload')
    const [source, target] = [
      await stored('uploads/report.bin'),
      await stored('uploaded/report.bin'),
    ]
    expect(target.equals(source)).toBe(true)
    expect(result).toEqual({
      key: 'uploaded/report.bin',
      bytes: 1_048_576,
      sha256: createHash('sha256').update(source).digest('hex'),
    })
  })
})

describe('crud', () => {
  const call = (httpMethod: string, path: string, body?: object): Promise<Http> =>
    answer('crud', { httpMethod, path, body: body === undefined ? null : JSON.stringify(body) })

  it('creates, reads, updates, lists and deletes', async () => {
    const created = await call('POST', '/notes', { title: 'a', text: 'b' })
    expect(created.statusCode).toBe(201)
    const path = created.headers.location ?? ''
    const read = async (): Promise<unknown> => JSON.parse((await call('GET', path)).body)
    expect(await read()).toMatchObject({ title: 'a', text: 'b' })
    expect((await call('PUT', path, { title: 'c', text: 'd' })).statusCode).toBe(200)
    expect(await read()).toMatchObject({ id: path.slice('/notes/'.length), title: 'c', text: 'd' })
    const listed = async (): Promise<number> =>
      (JSON.parse((await call('GET', '/notes')).body) as { notes: object[] }).notes.length
    expect(await listed()).toBe(26)
    expect((await call('DELETE', path)).statusCode).toBe(204)
    expect(await listed()).toBe(25)
  })

  it('does not find what is not there, nor takes what is no note', async () => {
    const note = { title: 'a', text: 'b' }
    const codes = await Promise.all([
      call('GET', '/notes/none'),
      call('PUT', '/notes/none', note),
      call('DELETE', '/notes/none'),
      call('GET', '/notable'),
      call('POST', '/notes', { title: 1 }),
      call('PATCH', '/notes/note-01', note),
    ])
    expect(codes.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404, 404, 400, 405])
  })
})

describe('thumbnail', () => {
  it('stores a small picture of the same colours', async () => {
    const { width, height } = await answer<{ width: number; height: number }>('thumbnail')
    const [large, small] = [
      decodePng(await stored('photos/beach.png')),
      decodePng(await stored('thumbnails/beach.png')),
    ]
    expect([large.width, large.height]).toEqual([640, 480])
    expect([small.width, small.height]).toEqual([160, 120])
    expect([width, height]).toEqual([160, 120])
    const means = meansOf(small)
    meansOf(large).forEach((mean, channel) => {
      expect(Math.abs(mean - (means[channel] ?? 0))).toBeLessThan(0.5)
    })
  })

  it('does not make anything of what is no PNG', async () => {
    const event = { source: 'texts/01.txt', target: 'thumbnails/text.png' }
    expect(await failure('thumbnail', event)).toBe('This is not a PNG')
  })
})

function meansOf({ data, channels }: Pixels): number[] {
  return Array.from({ length: channels }, (_, channel) => {
    let sum = 0
    for (let at = channel; at < data.length; at += channels) sum += data[at] ?? 0
    return (sum * channels) / data.length
  })
}

describe('compression', () => {
  it('stores an archive that tar unpacks to the same files', async () => {
    const result = await answer<{ files: number; bytes: number; archiveBytes: number }>(
      'compression',
    )
    const archive = await stored('archives/texts.tar.gz')
    const path = join(folder, 'texts.tar.gz')
    writeFileSync(path, archive)
    const unpack = (...args: string[]): Buffer =>
      execFileSync('tar', [...args, '-zf', path], { maxBuffer: 16 * 1_048_576 })
    const names = unpack('-t').toString('utf8').trim().split('\n')
    expect(names).toEqual(
      Array.from({ length: 20 }, (_, index) => `texts/${String(index + 1).padStart(2, '0')}.txt`),
    )
    const files = await Promise.all(names.map(stored))
    expect(unpack('-x', '-O').equals(Buffer.concat(files))).toBe(true)
    expect(result).toMatchObject({
      files: 20,
      bytes: files.reduce((sum, { length }) => sum + length, 0),
      archiveBytes: archive.length,
    })
    expect(archive.length).toBeLessThan(result.bytes / 2)
  })
})
