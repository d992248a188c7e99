import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execaSync } from 'execa'
import { afterAll, describe, expect, it } from 'vitest'
import { sandlot } from './run-sandlot.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sandlot-cli-bench-input-')))
afterAll(() => rmSync(folder, { recursive: true }))

writeFileSync(join(folder, 'greet.mjs'), 'export const handler = async () => 1\n')

/** A program that answers every question with this. */
function program(name: string, answer: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\necho '${answer}'\n`)
  chmodSync(path, 0o755)
  return path
}

const old = program('node18', '{"execPath":"/opt/node18","version":"v20.18.3"}')
const other = program('other', 'hello')
const link = join(folder, 'node')
symlinkSync(process.execPath, link)

const repository = join(folder, 'repository')
mkdirSync(repository)
const git = (...args: string[]) => execaSync('git', ['-C', repository, ...args])
git('init', '--quiet')
const author = ['-c', 'user.name=x', '-c', 'user.email=x@example.com']
git(...author, 'commit', '--quiet', '--allow-empty', '--message', 'empty')
mkdirSync(join(repository, 'new'))
writeFileSync(join(repository, 'greet.mjs'), 'export const handler = async () => 1\n')

/** What is typed after `bench`, what it answers after `sandlot: `, and the folder where it is typed. */
const cases: [string[], string, string?][] = [
  [['greet.mjs', '--node', '/nope/node'], '--node /nope/node: there is no such file'],
  [['greet.mjs', '--node', other], `--node ${other}: it is not Node`],
  [['greet.mjs', '--node', old], `--node ${old}: Node.js 20.19 or newer is needed; it is v20.18.3`],
  [
    ['greet.mjs', '--node', `${process.execPath},${link}`],
    `--node names ${process.execPath} twice`,
  ],
  [
    ['greet.mjs', '--against', 'main'],
    '--against main: there is no such folder, and this one is not in a git repository',
  ],
  [
    ['greet.mjs', '--against', 'nope'],
    `--against nope: there is no such folder, and no such reference in ${repository}\n         Name a branch, a tag, a commit such as HEAD~1, or a folder with the other build.`,
    repository,
  ],
  [
    ['greet.mjs', '--against', 'HEAD'],
    '--against HEAD: Handler file not found: greet.mjs',
    repository,
  ],
  [
    ['../greet.mjs', '--against', 'HEAD'],
    '--against HEAD: this folder, new, is not in it',
    join(repository, 'new'),
  ],
  [
    ['../greet.mjs', '--against', 'HEAD'],
    `--against HEAD: ../greet.mjs lies outside of ${repository}`,
    repository,
  ],
  [
    ['--demo', '--against', 'HEAD'],
    '--demo measures the samples, of which there is one build: leave --against out',
    repository,
  ],
  [['--demo', '--workloads'], '--demo and --workloads: measure one after the other'],
  [
    ['greet.mjs', '--workloads'],
    '--workloads measures those that ship with Sandlot with their own events: name no others',
  ],
  [
    ['greet.mjs', '--samples', 'nope/samples'],
    '--samples nope/samples cannot be written: there is no such folder',
  ],
  [
    ['greet.mjs', '--json', 'same', '--csv', './same'],
    '--csv and --json name the same file, ./same',
  ],
  [
    ['greet.mjs', '--junit', 'nope/junit.xml'],
    '--junit nope/junit.xml cannot be written: there is no such folder',
  ],
]

describe.concurrent('sandlot bench', { timeout: 120_000 }, () => {
  it.each(cases)('%j is refused before anything starts', async (args, message, cwd = folder) => {
    const { exitCode, stdout, stderr } = await sandlot(['bench', ...args], { cwd })
    expect([exitCode, stdout, stderr.trim()]).toEqual([2, '', `sandlot: ${message}`])
  })

  it('confines as asked for', async () => {
    const counts = ['--runs', '1', '--cold', '1', '--warm', '0', '--no-modules']
    const args = ['bench', 'greet.mjs', ...counts, '--confinement', 'plain']
    const { exitCode, stdout } = await sandlot(args, { cwd: folder })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('A  greet.mjs, process, plain')
    expect(stdout).toContain("Processes confined as 'plain'")
  })

  it('refuses a way to confine that does not work here', async (context) => {
    context.skip(process.getuid?.() === 0, 'needs a user who is not root: for root all work')
    const args = ['bench', 'greet.mjs', '--confinement', 'plain,root']
    const { exitCode, stdout, stderr } = await sandlot(args, { cwd: folder })
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain("sandlot: Isolation 'root' does not work here: ")
  })
})
