import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))
const SUITES = fileURLToPath(new URL('../fixtures/suites', import.meta.url))

/** Runs files of the suites in `fixtures/suites` as a run of their own. */
async function run(...names: string[]) {
  const args = [VITEST, 'run', '--config', `${SUITES}/vitest.config.ts`, ...names]
  const { exitCode, stdout } = await execa(process.execPath, args, {
    env: { NO_COLOR: '1', VITEST: '' },
    reject: false,
    stderr: 'ignore',
  })
  const lines = stdout.split('\n')
  return { exitCode, stdout, lastLine: lines.at(-1) ?? '' }
}

/** Empty for a process that has ended. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

describe('the end of a run', () => {
  it('is one line of what passed, failed and was skipped, and a skipped test says why', async () => {
    const { exitCode, stdout, lastLine } = await run('clean')
    expect(lastLine).toBe('3 passed, 0 failed, 1 skipped')
    expect(stdout).toContain(
      'skipped in clean.case.ts: needs a machine that flies\n  with another machine > is skipped\n',
    )
    expect(exitCode).toBe(0)
  })

  it('counts as failed what fails outside of a test: a hook, a file that cannot be loaded', async () => {
    const { exitCode, stdout, lastLine } = await run('failing', 'broken')
    expect(lastLine).toBe('1 passed, 3 failed, 1 skipped')
    expect(stdout).toContain(
      'skipped in failing.case.ts: its suite failed\n  with a hook that fails > is not run\n',
    )
    expect(exitCode).toBe(1)
  })

  it('fails for a process and folders that are left, names them and removes them', async (context) => {
    context.skip(process.platform !== 'linux', 'needs /proc, to see the processes of others')
    const { exitCode, stdout, lastLine } = await run('leaking')
    expect(lastLine).toBe('1 passed, 1 failed, 0 skipped')
    expect(exitCode).toBe(1)
    const left = stdout.slice(stdout.indexOf('but left')).split('\n').slice(1, -1)
    expect(left).toEqual([
      expect.stringMatching(/^ {2}process \d+: \S*node\S* -e setTimeout/),
      '  forgotten in the temporary folder',
      '  controllers/1-2 in the temporary folder',
    ])
    const pid = Number(/process (\d+)/.exec(left[0] ?? '')?.[1])
    await expect.poll(() => commandOf(pid)).toBe('')
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('sandlot-run-'))).toEqual([])
  })
})
