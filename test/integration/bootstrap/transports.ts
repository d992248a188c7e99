import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { afterAll, afterEach, beforeAll } from 'vitest'
import {
  type BootstrapArtifact,
  bootstrapArtifact,
} from '../../../runtime/host/bootstrap-artifact.ts'
import {
  encodeFrame,
  FrameDecoder,
  logCost,
  type Message,
  NO_PAYLOAD,
  type SandboxMessage,
  THREAD_WORDS,
} from '../../../runtime/runtime-api/protocol.ts'
import { type RuntimeTransport, RuntimeUnderTest } from './runtime-under-test.ts'

export type Kind = 'process' | 'thread'
export const KINDS: readonly Kind[] = ['process', 'thread']

/** The whole environment of a runtime under test. */
export const ENVIRONMENT = { PATH: process.env.PATH ?? '', MARK: 'set' }

export interface StartOptions {
  /** Flags for Node; processes only. */
  readonly execArgv?: readonly string[]
  /** Whether a thread's log is taken as it comes; default true. */
  readonly takesLog?: boolean
}

export interface StartedProcess extends RuntimeUnderTest {
  readonly child: ChildProcess
  readonly channel: Duplex
}

export interface StartedThread extends RuntimeUnderTest {
  readonly words: Int32Array
  readonly port: MessagePort
}

/** Builds the bootstrap for the tests of a file and ends whatever they started. */
export function useRuntimes() {
  const started: RuntimeUnderTest[] = []
  let cachePath: string
  let artifact: BootstrapArtifact
  beforeAll(async () => {
    cachePath = mkdtempSync(join(tmpdir(), 'sandlot-bootstrap-'))
    artifact = await bootstrapArtifact(cachePath)
  })
  afterEach(async () => {
    await Promise.all(started.splice(0).map(({ transport }) => transport.kill()))
  })
  afterAll(() => rmSync(cachePath, { recursive: true, force: true }))

  const register = <Made extends RuntimeUnderTest>(made: Made): Made => {
    started.push(made)
    return made
  }
  const startProcess = ({ execArgv = [] }: StartOptions = {}): StartedProcess => {
    const child = spawn(process.execPath, [...execArgv, artifact.processMainPath], {
      env: ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    })
    const channel = child.stdio[3] as unknown as Duplex
    const runtime = new RuntimeUnderTest(processTransport(child, channel))
    return register(Object.assign(runtime, { child, channel }))
  }
  const startThread = ({ takesLog = true }: StartOptions = {}): StartedThread => {
    const words = sharedWords()
    const { transport, port } = threadTransport(artifact.threadMainPath, words)
    if (takesLog) port.on('message', (message) => takeLog(words, message))
    return register(Object.assign(new RuntimeUnderTest(transport), { words, port }))
  }
  return {
    startProcess,
    startThread,
    start: (kind: Kind): RuntimeUnderTest => (kind === 'process' ? startProcess() : startThread()),
    artifact: () => artifact,
    cachePath: () => cachePath,
  }
}

/** Makes room for more log, as the controller does. */
export function takeLog(words: Int32Array, { header, payload }: Message<SandboxMessage>): void {
  if (header.type !== 'log') return
  Atomics.sub(words, THREAD_WORDS.logBacklog, logCost(payload))
  Atomics.notify(words, THREAD_WORDS.logBacklog)
}

const sharedWords = (): Int32Array =>
  new Int32Array(
    new SharedArrayBuffer(Object.keys(THREAD_WORDS).length * Int32Array.BYTES_PER_ELEMENT),
  )

function processTransport(child: ChildProcess, channel: Duplex): RuntimeTransport {
  channel.on('error', () => {})
  child.stdout?.resume()
  child.stderr?.resume()
  const decoder = new FrameDecoder<SandboxMessage>()
  // `close` comes after the last byte of the channel.
  const ended = new Promise<{ code: number | undefined }>((resolve) => {
    child.once('close', (code) => resolve({ code: code ?? undefined }))
  })
  return {
    send: (header, payload) => void channel.write(encodeFrame(header, payload)),
    onMessage: (listener) => {
      channel.on('data', (piece: Buffer) => {
        for (const message of decoder.push(piece)) listener(message)
      })
    },
    ended,
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** As the product makes its threads: a pool of one, with one task that lasts for ever. */
function threadTransport(filename: string, words: Int32Array) {
  const pool = new Piscina({
    filename,
    env: ENVIRONMENT,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    atomics: 'disabled',
    execArgv: [],
  })
  const { port1: port, port2 } = new MessageChannel()
  const aborter = new AbortController()
  const closed = new Promise<void>((resolve) => port.once('close', resolve))
  const life = pool
    .run({ port: port2, words }, { transferList: [port2], signal: aborter.signal })
    .catch((error: Error) => error)
  const ended = life.then(async (error) => {
    await pool.destroy()
    await closed
    const code = /exited with code: (\d+)/.exec(String(error))?.[1]
    return { code: code === undefined ? undefined : Number(code) }
  })
  const transport: RuntimeTransport = {
    send: (header, payload = NO_PAYLOAD) => port.postMessage({ header, payload }),
    onMessage: (listener) => void port.on('message', listener),
    ended,
    kill: async () => {
      aborter.abort()
      await ended
    },
  }
  return { transport, port }
}
