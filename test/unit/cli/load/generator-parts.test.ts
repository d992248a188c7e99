import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { childEntry } from '../../../../cli/measure/child-entry.ts'
import type { RequestTemplate } from '../../../../cli/measure/load/generator-messages.ts'
import { invokeRequest } from '../../../../cli/measure/load/invoke-request.ts'
import { pace } from '../../../../cli/measure/load/pacer.ts'
import { PreparedRequest } from '../../../../cli/measure/load/prepared-request.ts'

/** A clock that begins now, and what was sent by it. */
function pacing(onSend: (count: number) => void = () => undefined) {
  const startMs = performance.now()
  const sent: { dueMs: number; nowMs: number }[] = []
  const stop = new AbortController()
  return {
    sent,
    stop,
    paced: {
      nowMs: () => performance.now() - startMs,
      signal: stop.signal,
      send: (dueMs: number, nowMs: number) => {
        sent.push({ dueMs, nowMs })
        onSend(sent.length)
      },
    },
  }
}

describe('pacing', () => {
  it('sends everything in order, and nothing before it is due', async () => {
    const instants = [0, 0, 1, 1.5, 8, 8.2, 20]
    const { sent, paced } = pacing()
    expect(await pace(instants.values(), paced)).toBe(0)
    expect(sent.map(({ dueMs }) => dueMs)).toEqual(instants)
    expect(sent.every(({ dueMs, nowMs }) => nowMs >= dueMs)).toBe(true)
  })

  it('reads what has come between two bunches of what is overdue', async () => {
    let turns = 0
    const { sent, paced } = pacing((count) => {
      if (count % 32 === 1) setImmediate(() => (turns += 1))
    })
    await pace(Array.from({ length: 128 }, () => 0).values(), paced)
    expect(sent).toHaveLength(128)
    expect(turns).toBeGreaterThanOrEqual(3)
  })

  it('ends at once when it is aborted, and tells what was due by then', async () => {
    const { sent, stop, paced } = pacing((count) => count === 3 && stop.abort())
    expect(await pace([0, 0, 0, 0, 0, 3_600_000].values(), paced)).toBe(2)
    expect(sent).toHaveLength(3)
    const sleeping = pacing()
    const ended = pace([3_600_000].values(), sleeping.paced)
    sleeping.stop.abort()
    expect(await ended).toBe(0)
  })
})

describe('a request that is made once', () => {
  it('has the headers and the body of its template', async () => {
    const template = invokeRequest('http://h:1', 'f', '{"a":1}')
    const { options } = await PreparedRequest.from(template)
    expect(options).toEqual({
      path: '/2015-03-31/functions/f/invocations',
      method: 'POST',
      headers: ['content-type', 'application/json', 'x-amz-log-type', 'Tail'],
      body: Buffer.from('{"a":1}'),
    })
    const empty: RequestTemplate = { ...template, body: '' }
    expect((await PreparedRequest.from(empty)).options.body).toBeNull()
  })

  it('is signed as AWS wants it, with the token of temporary credentials', async () => {
    const template = invokeRequest('https://lambda.eu-west-1.amazonaws.com', 'f', '{}', {
      region: 'eu-west-1',
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'secret',
      sessionToken: 'token',
    })
    const { headers } = (await PreparedRequest.from(template)).options
    const byName = Object.fromEntries(
      headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1]]] : [])),
    )
    expect(byName).toMatchObject({ 'x-amz-security-token': 'token', 'x-amz-log-type': 'Tail' })
    expect(byName['x-amz-date']).toMatch(/^\d{8}T\d{6}Z$/)
    expect(byName.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/lambda\/aws4_request, SignedHeaders=host;.*x-amz-date;.*, Signature=[0-9a-f]{64}$/,
    )
    expect(byName.host).toBeUndefined()
  })
})

describe('a program of ours', () => {
  const source = new URL('../../../../cli/measure/load/generator-process.ts', import.meta.url)

  it('is its source where that is there, translated for a Node that cannot read it', () => {
    const path = fileURLToPath(source)
    const old = childEntry(source, { path: '/old', runsTypeScript: false })
    expect(old).toMatchObject({ file: '/old', args: ['--import', expect.any(String), path] })
    expect(existsSync(new URL(old.args[1] ?? ''))).toBe(true)
    expect(childEntry(source, { path: '/new', runsTypeScript: true })).toEqual({
      file: '/new',
      args: [path],
    })
  })

  it('is what was built where there is no source', () => {
    expect(
      childEntry(new URL('file:///dist/cli/x.ts'), { path: '/n', runsTypeScript: true }),
    ).toEqual({
      file: '/n',
      args: ['/dist/cli/x.js'],
    })
  })
})
