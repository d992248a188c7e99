import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Enough for a slow network; without one npm gives up by itself. */
const INSTALL_MS = 180_000

const NPM_ARGS = [
  'install',
  '--no-save',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  // serverless-offline wants a CLI that asks for an account.
  '--legacy-peer-deps',
]

/**
 * Installs packages into a folder, from wherever npm is set up to take them.
 *
 * @returns why they cannot be had, or `undefined`.
 */
export async function install(
  folder: string,
  packages: readonly string[],
): Promise<string | undefined> {
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const child = spawn('npm', [...NPM_ARGS, ...packages], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ending = endingOf(child)
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  try {
    const [code, signal] = await once(child, 'close')
    if (code === 0) return undefined
    if (signal !== null) return `npm was still busy after ${INSTALL_MS / 1_000} s`
    return `npm: ${firstLine(complaint)}`
  } catch (error) {
    return `npm cannot be started: ${(error as Error).message}`
  } finally {
    ending.forget()
  }
}

/** It is killed when this process ends, and when it takes too long. */
function endingOf(child: ChildProcess): { forget(): void } {
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  // Not the option of `spawn`, which goes on waiting for what could not be started.
  const impatient = setTimeout(kill, INSTALL_MS)
  return {
    forget: () => {
      clearTimeout(impatient)
      process.off('exit', kill)
    },
  }
}

const firstLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim())
    .find((line) => line !== '' && !line.startsWith('npm ')) ?? 'it does not say why'
