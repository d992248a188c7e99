import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'

const SCRIPT = fileURLToPath(new URL('bench-self.ts', import.meta.url))
const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function benchSelf(...args: readonly string[]): Promise<Ended> {
  return benchSelfWith(process.env, ...args)
}

function benchSelfWith(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, ...args], { env })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (piece) => {
    stdout += piece
  })
  child.stderr.on('data', (piece) => {
    stderr += piece
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
}

describe('npm run bench:self', () => {
  it('measures what it is told to, says of each promise whether it is kept, and appends a line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandlot-bench-self-'))
    folders.push(folder)
    const json = join(folder, 'results.jsonl')
    for (const turn of [1, 2]) {
      const { code, stdout } = await benchSelf('--quick', '--only', 'scheduler', '--json', json)
      expect(stdout).toMatch(
        /^1,000 sandboxes of one function +10 .* at least 100,000 +(ok|unclear|BROKEN)$/m,
      )
      expect(stdout).toMatch(/^\d promises kept, \d broken, \d unclear; load at the end [\d.]+$/m)
      expect(code).toBe(stdout.includes('BROKEN') ? 1 : 0)
      expect(readFileSync(json, 'utf8').trimEnd().split('\n')).toHaveLength(turn)
    }
    const [line = ''] = readFileSync(json, 'utf8').split('\n')
    expect(JSON.parse(line)).toMatchObject({
      schema: 'sandlot-self',
      schemaVersion: 1,
      quick: true,
      environment: { node: process.version },
      measurements: [
        { name: 'scheduler', skipped: null, figures: [{ n: 10, unit: 'per second' }, {}, {}] },
      ],
    })
  })

  it('says why the rivals are not there, which breaks no promise', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandlot-bench-self-'))
    folders.push(folder)
    const env = { ...process.env, PATH: folder }
    const { code, stdout } = await benchSelfWith(env, '--quick', '--only', 'rivals')
    expect(stdout).toContain(
      'skipped: the rivals cannot be had here: npm cannot be started: spawn npm ENOENT',
    )
    expect(code).toBe(0)
  })

  it.each([
    [['--only', 'colour'], "There is no measurement 'colour'"],
    [['--sandboxes', '0'], '--sandboxes 0: must be a whole number from 1 to 99999'],
    [['--colour'], "Unknown option '--colour'"],
  ])('refuses %j, and tells what there is', async (args, message) => {
    const { code, stdout, stderr } = await benchSelf(...args)
    expect(stderr).toMatch(message)
    expect(stderr).toContain('Usage: npm run bench:self')
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })
})
