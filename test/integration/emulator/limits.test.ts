import { describe, expect, it } from 'vitest'
import type { FunctionInput } from '../../../runtime/functions/function-config.ts'
import type { InvokeResult } from '../../../runtime/invoke/invocation.ts'
import { type EmulatorUnderTest, errorOf, useEmulators } from './use-emulator.ts'

const start = useEmulators()

/** As much CPU as there is: these tests are of other limits. */
const limited = (overrides: Partial<FunctionInput> = {}): Partial<FunctionInput> => ({
  name: 'limited',
  handler: 'limits.handler',
  memorySizeMb: 1_769,
  timeoutMs: 60_000,
  ...overrides,
})

const answerOf = ({ payload }: InvokeResult): unknown =>
  JSON.parse(Buffer.from(payload).toString('utf8'))

const levelOf = ({ emulator }: EmulatorUnderTest, concern: string): string | undefined =>
  emulator.confinement.findings.find((finding) => finding.concern === concern)?.level

describe('memory', () => {
  it.each(['buffer', 'heap', 'child'])('just inside is there to be used: %s', async (where) => {
    const { run } = await start([limited({ memorySizeMb: 256 })])
    const result = await run('limited', { [where]: 100 })
    expect(result.outcome).toBe('success')
    expect(result.report.maxMemoryUsedMb).toBeGreaterThan(90)
    expect(result.report.maxMemoryUsedMb).toBeLessThanOrEqual(256)
  })

  it.each(['buffer', 'heap', 'child'])(
    'beyond the limit kills the function, and nobody else: %s',
    async (where) => {
      const { run } = await start([
        limited({ memorySizeMb: 256 }),
        limited({ name: 'neighbour', memorySizeMb: 256 }),
      ])
      const neighbour = await run('neighbour', { buffer: 50 })
      const before = await run('limited', { pid: null })
      const killed = await run('limited', { [where]: 300 })
      expect(killed.outcome).toBe('crash')
      expect(errorOf(killed)).toEqual({
        errorType: 'Runtime.ExitError',
        errorMessage: `RequestId: ${killed.requestId} Error: Runtime exited with error: signal: killed`,
      })
      expect(killed.report).toMatchObject({
        status: 'error',
        errorType: 'Runtime.OutOfMemory',
        maxMemoryUsedMb: 256,
      })
      expect(killed.logs.at(-1)).toMatch(
        /\tMax Memory Used: 256 MB\tStatus: error\tError Type: Runtime\.OutOfMemory$/,
      )
      const next = await run('limited', { pid: null })
      expect(next).toMatchObject({ outcome: 'success', coldStart: true })
      expect(next.sandboxId).toBe(before.sandboxId)
      const after = await run('neighbour', { pid: null })
      expect(after).toMatchObject({ coldStart: false, sandboxId: neighbour.sandboxId })
    },
  )

  it('of an earlier kill is not held against the next runtime', async () => {
    const { run } = await start([limited({ memorySizeMb: 256 })])
    await run('limited', { buffer: 300 })
    expect((await run('limited', { buffer: 50 })).outcome).toBe('success')
    expect((await run('limited', { buffer: 50 })).coldStart).toBe(false)
  })
})

describe('/tmp', () => {
  it('holds what it is sized for, whatever the memory, and nothing of it is memory', async () => {
    const under = await start([limited({ memorySizeMb: 256, ephemeralStorageMb: 600 })])
    const result = await under.run('limited', { tmp: 590 })
    expect(answerOf(result)).toEqual({ written: 590, end: 'whole' })
    expect(result.report.maxMemoryUsedMb).toBeLessThan(200)
    // It is still there for the next invocation, and full is full.
    expect(answerOf(await under.run('limited', { tmp: 590 }))).toEqual({
      written: 590,
      end: 'whole',
    })
  })

  it('takes no more than that', async () => {
    const under = await start([limited({ ephemeralStorageMb: 512 })])
    const result = await under.run('limited', { tmp: 2_000 })
    if (levelOf(under, 'file system') === 'strongest') {
      expect(answerOf(result)).toMatchObject({ end: expect.stringMatching(/^(ENOSPC|short)$/) })
      expect((answerOf(result) as { written: number }).written).toBeGreaterThanOrEqual(511)
      expect((answerOf(result) as { written: number }).written).toBeLessThan(560)
    } else {
      expect(result.outcome).toBe('crash')
      expect(result.logs.join('\n')).toContain(
        '[sandlot] killed: ENOSPC: /tmp has grown beyond 512 MB',
      )
    }
  })
})

describe('processes', () => {
  it('may be many', async () => {
    const { run } = await start([limited()])
    expect(answerOf(await run('limited', { children: 300 }))).toEqual({
      started: 300,
      refused: null,
    })
  })

  it('may not be more than 1,024, threads included; the next invocation works', async () => {
    const under = await start([limited({ memorySizeMb: 4_096 })])
    const result = await under.run('limited', { manyChildren: 1_100 })
    if (levelOf(under, 'processes') === 'strongest') {
      const { started, refused } = answerOf(result) as { started: number; refused: string }
      expect(refused).toBe('EAGAIN')
      expect(started).toBeGreaterThan(900)
      expect(started).toBeLessThan(1_024)
    } else {
      expect(result.outcome).toBe('crash')
      expect(result.logs.join('\n')).toContain(
        '[sandlot] killed: it had more than 1024 processes and threads',
      )
    }
    expect((await under.run('limited', { pid: null })).outcome).toBe('success')
  })
})

describe('descriptors', () => {
  it('may be hundreds, and not more than 1,024', async () => {
    const { run } = await start([limited()])
    expect(answerOf(await run('limited', { descriptors: 900 }))).toEqual({
      opened: 900,
      end: 'all',
    })
    const { opened, end } = answerOf(await run('limited', { descriptors: 2_000 })) as {
      opened: number
      end: string
    }
    expect(end).toBe('EMFILE')
    expect(opened).toBeGreaterThan(950)
    expect(opened).toBeLessThan(1_024)
  })
})
