import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fixture, sandlot } from './run-sandlot.ts'

/** What `--json` promises a script. */
interface Printed {
  readonly payload: { readonly calls?: number; readonly [key: string]: unknown }
  readonly functionError: string | null
  readonly requestId: string
  readonly sandboxId: string
  readonly coldStart: boolean
  readonly startReason: string
  readonly report: Readonly<Record<string, number | null>>
  readonly phases: readonly { phase: string; startUs: number; durationUs: number }[]
  readonly totalMs: number
  readonly logs: readonly string[]
}

const folder = mkdtempSync(join(tmpdir(), 'sandlot-cli-invoke-'))
afterAll(() => rmSync(folder, { recursive: true }))

const linesOf = (stdout: string): Printed[] => stdout.split('\n').map((line) => JSON.parse(line))

describe.concurrent('sandlot invoke', { timeout: 60_000 }, () => {
  it('tells all that an invocation was, as one JSON object', async () => {
    const run = await sandlot(['invoke', 'hello', '-e', '{"name":"x"}', '--json'])
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    const printed: Printed = JSON.parse(run.stdout)
    expect(Object.keys(printed)).toEqual([
      'payload',
      'functionError',
      'requestId',
      'sandboxId',
      'isolation',
      'coldStart',
      'startReason',
      'outcome',
      'report',
      'phases',
      'totalMs',
      'logs',
    ])
    expect(printed).toMatchObject({
      functionError: null,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sandboxId: expect.stringMatching(/^[0-9a-f]{32}$/),
      isolation: 'process',
      coldStart: true,
      startReason: 'no sandbox',
      outcome: 'success',
    })
    expect(printed.payload).toMatchObject({ statusCode: 200 })
    expect(printed.report).toEqual({
      durationMs: expect.any(Number),
      billedDurationMs: expect.any(Number),
      initDurationMs: expect.any(Number),
      memorySizeMb: 128,
      maxMemoryUsedMb: expect.any(Number),
    })
    expect(printed.logs[0]).toMatch(/^INIT_START /)
    expect(printed.logs.at(-1)).toMatch(/^REPORT RequestId: /)
  })

  it('splits the total into contiguous phases that add up to it', async () => {
    for (const isolation of ['process', 'thread']) {
      const args = ['invoke', 'hello', '--isolation', isolation, '-n', '2', '--json']
      const [cold, warm] = linesOf((await sandlot(args)).stdout)
      for (const { phases, totalMs } of [cold, warm] as Printed[]) {
        let endUs = 0
        for (const { startUs, durationUs } of phases) {
          expect(startUs).toBe(endUs)
          endUs = startUs + durationUs
        }
        // A warm one is so short that a pause of the controller between the two stamps would show.
        const slack = phases === cold?.phases ? 0.05 : 0.5
        expect(Math.abs(endUs / 1_000 - totalMs)).toBeLessThanOrEqual(totalMs * slack)
      }
      expect(cold?.phases.map(({ phase }) => phase)).toContain('initialised')
      expect(warm?.phases.map(({ phase }) => phase)).not.toContain('initialised')
    }
  })

  it.each(['process', 'thread'])('runs -n 3 once cold and twice warm in one %s', async (kind) => {
    const args = ['invoke', fixture('counter.mjs'), '-n', '3', '--isolation', kind, '--json']
    const { exitCode, stdout } = await sandlot(args)
    const printed = linesOf(stdout)
    expect(exitCode).toBe(0)
    expect(printed.map(({ coldStart }) => coldStart)).toEqual([true, false, false])
    expect(printed.map(({ payload }) => payload.calls)).toEqual([1, 2, 3])
    expect(new Set(printed.map(({ sandboxId }) => sandboxId)).size).toBe(1)
    expect(new Set(printed.map(({ requestId }) => requestId)).size).toBe(3)
    expect(printed.map(({ report }) => report.initDurationMs === null)).toEqual([false, true, true])
  })

  it('makes every invocation a cold start with --cold', async () => {
    const args = ['invoke', fixture('counter.mjs'), '-n', '2', '--cold', '--json']
    const printed = linesOf((await sandlot(args)).stdout)
    expect(printed.map(({ startReason }) => startReason)).toEqual(['forced', 'forced'])
    expect(printed.map(({ payload }) => payload.calls)).toEqual([1, 1])
    expect(new Set(printed.map(({ sandboxId }) => sandboxId)).size).toBe(2)
  })

  it('prints the result alone to standard output, the log and the figures beside it', async () => {
    const run = await sandlot(['invoke', fixture('counter.mjs'), '-e', '{"a":1}'])
    expect(JSON.parse(run.stdout)).toEqual({ calls: 1, event: { a: 1 }, colour: null })
    expect(run.stderr).toMatch(/^INIT_START .*\nSTART RequestId: /)
    expect(run.stderr).toMatch(/call 1\nEND RequestId: /)
    expect(run.stderr).toMatch(
      /✓ cold \(no sandbox\) [\d.]+ ms · init [\d.]+ · duration [\d.]+ · billed \d+ ms · .*128 MB · process [0-9a-f]{8}\n/,
    )
    expect(run.stderr).toMatch(/booted [\d.]+/)
  })

  it('takes the event from a file and from standard input', async () => {
    const path = join(folder, 'event.json')
    writeFileSync(path, '{"from":"file"}')
    const file = await sandlot(['invoke', fixture('counter.mjs'), '-e', `@${path}`])
    expect(JSON.parse(file.stdout).event).toEqual({ from: 'file' })
    const options = { input: '{"from":"stdin"}' }
    const stdin = await sandlot(['invoke', fixture('counter.mjs'), '-e', '-'], options)
    expect(JSON.parse(stdin.stdout).event).toEqual({ from: 'stdin' })
  })

  it('gives the function its size and its variables', async () => {
    const args = ['invoke', fixture('counter.mjs'), '--memory', '256', '--env', 'COLOUR=a=b']
    const printed: Printed = JSON.parse((await sandlot([...args, '--json'])).stdout)
    expect(printed.report.memorySizeMb).toBe(256)
    expect(printed.payload.colour).toBe('a=b')
  })

  it('runs a handler string, the export of which lies deep', async () => {
    const cwd = fixture('..')
    const inside = await sandlot(['invoke', 'cli/nested.api.get'], { cwd })
    expect(inside).toMatchObject({ exitCode: 0, stdout: '"got"' })
    const elsewhere = await sandlot(['invoke', fixture('nested.api.get')], { cwd: folder })
    expect(elsewhere).toMatchObject({ exitCode: 0, stdout: '"got"' })
  })

  it('finds a sample where there is no template', async () => {
    const { exitCode, stdout } = await sandlot(['invoke', 'hello'], { cwd: folder })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('hello_world_handler')
  })

  it('ends with 3 when the function fails, with its error as the result', async () => {
    const run = await sandlot(['invoke', fixture('fails.mjs')])
    expect(run.exitCode).toBe(3)
    expect(JSON.parse(run.stdout)).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'no luck',
    })
    expect(run.stderr).toMatch(/✗ cold \(no sandbox\) [\d.,]+ ms · TypeError · /)
    expect(run.stderr).not.toContain('sandlot:')
  })

  it('ends with 4 when the function runs out of time', async () => {
    const args = ['invoke', fixture('loops.mjs'), '--timeout', '1', '--json']
    const { exitCode, stdout } = await sandlot(args)
    const printed: Printed = JSON.parse(stdout)
    expect(exitCode).toBe(4)
    expect(printed.payload).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${printed.requestId} Error: Task timed out after 1.00 seconds`,
    })
    expect(printed.functionError).toBe('Unhandled')
  })

  it('ends with 5 when the function is throttled', async () => {
    const template = `
Resources:
  never:
    Type: AWS::Serverless::Function
    Properties:
      Handler: counter.handler
      CodeUri: ${fixture('')}
      ReservedConcurrentExecutions: 0
`
    const cwd = mkdtempSync(join(folder, 'throttled-'))
    writeFileSync(join(cwd, 'template.yaml'), template)
    expect(await sandlot(['invoke', 'never'], { cwd })).toEqual({
      exitCode: 5,
      stdout: '',
      stderr: 'sandlot: Rate Exceeded. (ReservedFunctionConcurrentInvocationLimitExceeded)',
    })
  })
})
