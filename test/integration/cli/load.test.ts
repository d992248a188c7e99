import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, describe, expect, it } from 'vitest'
import type { LoadResult, OutcomeName } from '../../../cli/measure/results/load-result.ts'
import { LAUNCHER, sandlot } from './run-sandlot.ts'
import { makeProject } from './serving.ts'

const HANDLERS = fileURLToPath(new URL('../../fixtures/handlers/load', import.meta.url))
const SLEEPS = join(HANDLERS, 'sleeps.mjs')
const folder = mkdtempSync(join(tmpdir(), 'sandlot-load-'))
const servers: Server[] = []
afterAll(() => {
  rmSync(folder, { recursive: true })
  for (const server of servers) server.close()
})

/** Runs the command, with its figures on standard output. */
async function figuresOf(...args: string[]): Promise<{ result: LoadResult; stderr: string }> {
  const { stdout, stderr, exitCode } = await sandlot(['load', ...args, '--json', '-', '--no-live'])
  expect(stdout, stderr).not.toBe('')
  const result = JSON.parse(stdout) as LoadResult
  expect(exitCode).toBe(result.validity.valid ? 0 : 1)
  return { result, stderr }
}

const countsOf = ({ outcomes }: LoadResult) =>
  Object.fromEntries(
    outcomes.map(({ outcome, reason, count }) => [
      reason === null ? outcome : `${outcome}: ${reason}`,
      count,
    ]),
  )

async function answering(status: (index: number) => number): Promise<string> {
  let index = 0
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(status(index)).end('x')
    index += 1
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe.concurrent('sandlot load', { timeout: 120_000 }, () => {
  it('tells all that came of a function, and writes it in every form', async () => {
    const [csv, html, pool, json] = ['s.csv', 'r.html', 't.json', 'r.json'].map((name) =>
      join(folder, name),
    ) as [string, string, string, string]
    const files = ['--csv', csv, '--html', html, '--trace-events', pool, '--json', json]
    const rate = ['--rate', '50', '--duration', '2s', '--reserved', '3', '--seed', '5']
    const { stdout, stderr } = await sandlot(
      ['load', SLEEPS, '-e', '{"ms":50}', '--cpu', 'unlimited', ...rate, ...files],
      { env: { COLUMNS: '100' } },
    )
    const result = JSON.parse(readFileSync(json, 'utf8')) as LoadResult
    expect(stdout).toContain('50/s for 2 s, evenly spaced, 100 requests')
    expect(stdout).toContain(', 128 MB, process, reserved concurrency 3')
    expect(stdout).toMatch(/^counts agree \d+ ran, \d+ cold, \d+ throttled: generator, controller/m)
    expect(stdout).toMatch(/^cost on AWS {2}\$.* us-east-1, /m)
    expect(stderr).toMatch(/^\d of 2 s {2}\d+ \/s · \d+ in flight · sandboxes /m)
    const report = stdout.split('\n').filter((line) => !line.includes(folder))
    expect(Math.max(...report.map(({ length }) => length))).toBeLessThanOrEqual(100)
    expect(result).toMatchObject({ schema: 'sandlot-load', complete: true, seed: 5 })
    expect(result.reconciliation?.differences).toEqual([])
    expect(result.outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(100)
    expect(readFileSync(csv, 'utf8').split('\r\n')).toHaveLength(result.seconds.length + 2)
    expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>/i)
    const { traceEvents } = JSON.parse(readFileSync(pool, 'utf8'))
    const spans = traceEvents.filter(
      ({ name, ph }: { name: string; ph: string }) => ph === 'X' && name === 'invoke',
    )
    expect(spans).toHaveLength(result.reconciliation?.rows[0]?.controller ?? 0)
  })

  it('keeps outcomes apart, and counts what died in its sandbox', async () => {
    const fails = join(HANDLERS, 'fails.mjs')
    const { result } = await figuresOf(
      fails,
      '--concurrency',
      '1',
      '--duration',
      '3s',
      '--timeout',
      '1',
    )
    expect(countsOf(result)).toMatchObject({
      cold: 1,
      'function error: RangeError': expect.any(Number),
      'timeout: Sandbox.Timedout': expect.any(Number),
      'function error: Runtime.ExitError': expect.any(Number),
    })
    expect(result.reconciliation?.differences).toEqual([])
    expect(result.workload).toMatchObject({ loop: 'closed', arrivals: 'closed', planned: null })
    expect(result.warnings.join()).toContain(
      'Closed loop: whoever waits for an answer asks nothing',
    )
  })

  it('asks a function of a server elsewhere, cold and warm by its REPORT lines', async () => {
    const project = makeProject({
      'template.yaml':
        'Resources:\n  wait:\n    Type: AWS::Serverless::Function\n    Properties: { Handler: main.wait }\n',
      'main.mjs': 'export const wait = async () => ({ waited: true })',
    })
    try {
      const { url } = await project.serve()
      const args = ['--endpoint', url, '--rate', '40', '--duration', '1s']
      const { result } = await figuresOf('wait', ...args)
      const { cold = 0, warm = 0, ...others } = countsOf(result)
      expect([cold > 0, cold + warm, others]).toEqual([true, 40, {}])
      expect(result.target).toMatchObject({ kind: 'lambda', label: `wait at ${url}` })
      expect(result.reconciliation).toBeNull()
      expect(result.cost).toMatchObject({ requests: 40 })
    } finally {
      await project.remove()
    }
  })

  it('asks any URL, where a status is all that is known', async () => {
    const url = await answering((index) => (index % 4 === 0 ? 500 : index % 4 === 1 ? 429 : 200))
    const { result } = await figuresOf(url, '--rate', '40', '--duration', '1s', '-H', 'X-A: b')
    expect(countsOf(result)).toEqual({
      answered: 20,
      'throttle: HTTP 429': 10,
      'http error: HTTP 500': 10,
    } satisfies Partial<Record<OutcomeName | string, number>>)
    expect(result).toMatchObject({ reconciliation: null, cost: null })
    expect(result.seconds.every(({ sandboxes }) => sandboxes === null)).toBe(true)
  })

  it('drops what would be too much in flight, and says that this is not valid', async () => {
    const args = ['--rate', '50', '--duration', '1s', '--max-in-flight', '2', '-e', '{"ms":500}']
    const { result } = await figuresOf(SLEEPS, ...args)
    const { dropped, reasons } = result.validity
    expect(dropped).toBeGreaterThan(20)
    expect(reasons).toContain(`${dropped} requests were not sent`)
    expect(Math.max(...result.seconds.map(({ inFlight }) => inFlight))).toBeLessThanOrEqual(2)
  })

  it('tells with its exit code whether assertions hold', async () => {
    const url = await answering(() => 200)
    const args = ['load', url, '--rate', '50', '--duration', '1s', '--assert', 'answered.count==50']
    const { stdout } = await sandlot(args)
    expect(stdout).toMatch(/^holds {2}answered\.count==50 +50$/m)
    const failed = await sandlot([...args, '--assert', 'answered.p50<0.001ms'])
    expect(failed.exitCode).toBe(6)
    expect(failed.stdout).toMatch(/^FAILS {2}answered\.p50<0\.001ms /m)
  })

  it('ends with Ctrl-C, which all processes of a terminal get, with the report so far', async () => {
    const args = ['load', SLEEPS, '--rate', '20', '--duration', '10m', '-e', '{"ms":20}']
    const run = execa(process.execPath, [LAUNCHER, ...args], {
      env: { NO_COLOR: '1', SANDLOT_DEBUG: '' },
      detached: true,
      reject: false,
      timeout: 100_000,
    })
    await new Promise<void>((resolve) => {
      run.stderr.on('data', (text) => /in flight/.test(String(text)) && resolve())
    })
    process.kill(-(run.pid as number), 'SIGINT')
    const { exitCode, stdout, stderr } = await run
    expect(exitCode).toBe(130)
    expect(stdout).toContain('20/s for 10 min, evenly spaced, 12,000 requests')
    expect(stdout).toMatch(/^counts agree /m)
    expect(stderr).toContain('sandlot: Interrupted: this is what was measured until then')
  })
})
