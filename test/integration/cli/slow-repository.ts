import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execaSync } from 'execa'

export const SLOW = `const dep = require('dep')
exports.handler = () => new Promise((done) => setTimeout(done, 100, dep))
`

/** A repository whose last commit is slow, with a package that is not in it. What lies there is fast. */
export function slowRepository(folder: string, name: string): string {
  const path = join(folder, name)
  mkdirSync(join(path, 'src'), { recursive: true })
  mkdirSync(join(path, 'node_modules/dep'), { recursive: true })
  writeFileSync(join(path, 'node_modules/dep/index.js'), 'module.exports = 1\n')
  writeFileSync(join(path, '.gitignore'), 'node_modules\n')
  writeFileSync(join(path, 'src/f.js'), SLOW)
  const git = (...args: string[]) => execaSync('git', ['-C', path, ...args])
  git('init', '--quiet')
  git('add', '.')
  const author = ['-c', 'user.name=x', '-c', 'user.email=x@example.com']
  git(...author, 'commit', '--quiet', '--message', 'slow')
  writeFileSync(join(path, 'src/f.js'), SLOW.replace('100', '0'))
  return path
}

export const worktreesOf = (path: string): string[] =>
  execaSync('git', ['-C', path, 'worktree', 'list']).stdout.split('\n')
