import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Run, runOf, sandlot, start } from './run-sandlot.ts'

/** A `sandlot serve` that runs. */
export interface Serving {
  readonly url: string
  readonly port: string
  /** Standard output so far. */
  output(): string
  /** Resolves once standard output has this. */
  says(text: string | RegExp): Promise<void>
  invoke(name: string, event?: unknown): Promise<Response>
  kill(signal: NodeJS.Signals): void
  /** Resolves when it has ended. */
  readonly ended: Promise<Run>
}

/** A folder for a template and its handlers, and one for what the command keeps in the system's. */
export interface Project {
  readonly folder: string
  /** Runs the command in the project, on a state folder of its own. */
  run(...args: string[]): Promise<Run>
  /** Starts the server on a free port. */
  serve(...args: string[]): Promise<Serving>
  /** Ends the servers that still run. */
  remove(): Promise<void>
}

export function makeProject(files: Readonly<Record<string, string>> = {}): Project {
  const top = mkdtempSync(join(tmpdir(), 'sandlot-cli-serve-'))
  const folder = join(top, 'project')
  const temporary = join(top, 'tmp')
  for (const path of [folder, temporary]) mkdirSync(path)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const options = { cwd: folder, env: { TMPDIR: temporary } }
  const running = new Set<Serving>()
  return {
    folder,
    run: (...args) => sandlot(args, options),
    serve: async (...args) => {
      const serving = await startServing(['serve', '--port', '0', ...args], options)
      running.add(serving)
      void serving.ended.then(() => running.delete(serving))
      return serving
    },
    remove: async () => {
      for (const { kill } of running) kill('SIGTERM')
      await Promise.all([...running].map(({ ended }) => ended))
      rmSync(top, { recursive: true })
    },
  }
}

async function startServing(
  args: readonly string[],
  options: Parameters<typeof start>[1],
): Promise<Serving> {
  const subprocess = start(args, options)
  let output = ''
  let onOutput = (): void => undefined
  subprocess.stdout.on('data', (piece) => {
    output += piece
    onOutput()
  })
  const ended = subprocess.then((run) => runOf(run, options))
  const says = async (wanted: string | RegExp): Promise<void> => {
    const isThere = () =>
      typeof wanted === 'string' ? output.includes(wanted) : wanted.test(output)
    const come = new Promise<void>((resolve) => {
      onOutput = () => isThere() && resolve()
      onOutput()
    })
    const run = await Promise.race([come, ended])
    if (run !== undefined && !isThere()) throw new Error(`It has ended: ${JSON.stringify(run)}`)
  }
  await says(/http:\/\/127\.0\.0\.1:\d+/)
  const [url = '', port = ''] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(output) ?? []
  return {
    url,
    port,
    output: () => output,
    says,
    invoke: (name, event = {}) =>
      fetch(`${url}/lambda/${name}`, { method: 'POST', body: JSON.stringify(event) }),
    // Not with execa, which sends SIGKILL some seconds later.
    kill: (signal) => {
      const { pid, exitCode, signalCode } = subprocess
      if (exitCode === null && signalCode === null) process.kill(pid as number, signal)
    },
    ended,
  }
}
