import { describe, expect, it } from 'vitest'
import { sandlot } from './run-sandlot.ts'

const CONCERNS = [
  'file system',
  '/tmp size',
  'memory',
  'CPU',
  'processes',
  'descriptors',
  'freezing',
  'identity',
  'nothing left running',
  'network',
]

interface Printed {
  readonly mode: string
  readonly cpu: string
  readonly findings: readonly { concern: string; level: string; how: string; stronger?: string }[]
}

describe('sandlot limits', () => {
  it('tells of every concern what is enforced and how, and what would make it stronger', async () => {
    const run = await sandlot(['limits', '--json'])
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    const { mode, findings } = JSON.parse(run.stdout) as Printed
    expect(['root', 'user', 'plain']).toContain(mode)
    expect(findings.map(({ concern }) => concern)).toEqual(CONCERNS)
    for (const { level, how, stronger } of findings) {
      expect(how).not.toBe('')
      expect(how).not.toContain('\n')
      if (level === 'strongest') expect(stronger).toBeUndefined()
      else expect(stronger).toMatch(/./)
    }
  })

  it('tells what would be left in a weaker mode, in lines that fit a terminal', async () => {
    const run = await sandlot(['limits'], { env: { SANDLOT_ISOLATION: 'plain' } })
    expect(run.exitCode).toBe(0)
    expect(run.stdout).toMatch(/^Sandboxes that are processes: plain \(no namespaces: /)
    expect(run.stdout).toMatch(/^○ {2}file system +a folder of its own as TMPDIR/m)
    for (const line of run.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(110)
  })

  it('refuses a mode that there is not', async () => {
    const run = await sandlot(['limits'], { env: { SANDLOT_ISOLATION: 'strong' } })
    expect(run).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        "sandlot: Options of the emulator: SANDLOT_ISOLATION must be 'auto', 'root', 'user' or 'plain'",
    })
  })
})

describe('a start in a weaker mode', () => {
  it('says once what is weaker', async () => {
    const args = ['invoke', 'hello', '-n', '2', '--json']
    const { stderr, exitCode } = await sandlot(args, { env: { SANDLOT_ISOLATION: 'plain' } })
    expect(exitCode).toBe(0)
    expect(stderr).toBe(
      "sandlot: weaker than on Lambda here: file system not at all, /tmp size, memory, CPU, processes, freezing, identity not at all, nothing left running, network not at all; see 'sandlot limits'",
    )
  })

  it('says so of threads, and that CPU is not limited where that was asked for', async () => {
    const thread = await sandlot(['invoke', 'hello', '--isolation', 'thread', '--json'])
    expect(thread.stderr).toContain('weaker than on Lambda: threads')
    const unlimited = await sandlot(['invoke', 'hello', '--cpu', 'unlimited', '--json'])
    expect(unlimited.stderr).toContain('CPU is not limited, as asked for')
  })
})
