import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { skipUnless } from '../../support/skip-unless.ts'
import { LAUNCHER } from '../cli/run-sandlot.ts'
import { ask, confined, confinementHere, NEEDS_NAMESPACES } from './isolation-lab.ts'
import { answerOf, HANDLERS, isRunning, processesOf, useEmulators } from './use-emulator.ts'

const start = useEmulators()
const { mode } = await confinementHere()

const FOLDERS = [
  '/',
  '/dev',
  '/etc',
  '/opt',
  '/usr',
  '/usr/bin',
  '/var',
  '/var/runtime',
  '/var/task',
]

describe('the files of a sandbox in namespaces', () => {
  skipUnless(mode !== 'plain', NEEDS_NAMESPACES)

  it('are read-only outside of /tmp', async () => {
    const under = await start([confined()])
    for (const folder of FOLDERS) {
      expect(`${folder} ${await ask(under, { write: join(folder, 'new') })}`).toBe(
        `${folder} EROFS`,
      )
      expect(existsSync(join(folder, 'new'))).toBe(false)
    }
  })

  it('are read-only where the code is, also what is there', async () => {
    const under = await start([confined()])
    expect(await ask(under, { write: '/var/task/isolation.mjs' })).toBe('EROFS')
    expect(await ask(under, { write: join(HANDLERS, 'isolation.mjs') })).not.toBe('written')
    expect(existsSync(join(HANDLERS, 'isolation.mjs'))).toBe(true)
  })

  it('are its own in /tmp: that of a neighbour is not to be read, whichever way', async () => {
    const under = await start([confined(), confined({ name: 'neighbour' })])
    expect(await ask(under, { write: '/tmp/secret' }, 'neighbour')).toBe('written')
    expect(await ask(under, { read: '/tmp' })).not.toContain('secret')
    expect(await ask(under, { read: '/tmp/secret' })).toBe('ENOENT')
    for (const pid of processesOf(under)) {
      expect(await ask(under, { read: `/proc/${pid}/root/tmp/secret` })).not.toBe('x')
    }
    expect(await ask(under, { readOfProcesses: 'root/tmp/secret' })).not.toContain('x')
    expect(await ask(under, { read: '/tmp/secret' }, 'neighbour')).toBe('x')
  })

  it('are its own in /tmp for each of two sandboxes of one function', async () => {
    const { run } = await start([{}])
    const both = (one: object, two: object) =>
      Promise.all([run('probe', one), run('probe', two)].map(async (each) => answerOf(await each)))
    const written = await both({ write: 'one', sleep: 200 }, { write: 'two', sleep: 200 })
    expect(written.map(({ note }) => note)).toEqual(['one', 'two'])
    const read = await both({ sleep: 200 }, { sleep: 200 })
    expect(read.map(({ note }) => note).sort()).toEqual(['one', 'two'])
  })

  it('are none of the controller', async () => {
    const under = await start([confined()])
    const stateDir = join(under.folder, 'state')
    for (const path of [stateDir, join(stateDir, 'cache'), join(stateDir, 'controllers')]) {
      expect(await ask(under, { read: path })).toBe('ENOENT')
    }
  })
})

describe('the processes of a sandbox in namespaces', () => {
  skipUnless(mode !== 'plain', NEEDS_NAMESPACES)

  it('are all that it sees', async () => {
    const under = await start([confined(), confined({ name: 'neighbour' })])
    await ask(under, { size: '/tmp' }, 'neighbour')
    // From Node 24 on it calls itself by its main thread.
    const node = expect.stringMatching(/^(node|MainThread)$/)
    expect(await ask(under, { processes: null })).toEqual(['cat', node])
  })

  it('are all that it can read the environment of', async () => {
    const under = await start([confined()])
    const environments = await ask<string[]>(under, { readOfProcesses: 'environ' })
    expect(environments).toEqual([expect.stringContaining('LAMBDA_TASK_ROOT'), 'EACCES'])
    expect(environments.join()).not.toContain(tmpdir())
  })

  it('are all that it can send signals to', async () => {
    const under = await start([confined(), confined({ name: 'neighbour' })])
    await ask(under, { size: '/tmp' }, 'neighbour')
    await ask(under, { size: '/tmp' })
    const [own, neighbour] = ['confined', 'neighbour'].map((name) =>
      under.emulator.sandboxes().find(({ functionName }) => functionName === name),
    )
    expect(await ask(under, { signal: neighbour?.pid })).toBe('ESRCH')
    expect(await ask(under, { signal: process.pid })).toBe('ESRCH')
    // Pid 1 of its namespace: not allowed, or without effect.
    expect([true, 'EPERM']).toContain(await ask(under, { signal: 1 }))
    expect(isRunning(neighbour?.pid ?? 0)).toBe(true)
    const { coldStart, sandboxId } = await under.run('confined', { size: '/tmp' })
    expect({ coldStart, sandboxId }).toEqual({ coldStart: false, sandboxId: own?.id })
  })
})

describe('the identity of a sandbox in namespaces', () => {
  skipUnless(mode !== 'plain', NEEDS_NAMESPACES)

  it('is that of Lambda: user, folders and names', async () => {
    const under = await start([confined()])
    expect(await ask(under, { identity: null })).toEqual({
      uid: 993,
      gid: 990,
      groups: mode === 'root' ? [990] : expect.arrayContaining([990]),
      cwd: '/var/task',
      file: 'file:///var/task/isolation.mjs',
      taskRoot: '/var/task',
      tmp: '/tmp',
    })
  })

  it('has no privileges and cannot get any', async () => {
    const under = await start([confined()])
    const status = await ask<string>(under, { status: null })
    expect(status).toMatch(/^CapEff:\t0+$/m)
    expect(status).toMatch(/^CapPrm:\t0+$/m)
    expect(status).toMatch(/^NoNewPrivs:\t1$/m)
  })
})

describe('the descriptors of a sandbox', () => {
  it('are none that the controller was itself started with, whatever their numbers', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandlot-inherited-'))
    const secret = join(folder, 'secret')
    writeFileSync(secret, '')
    const open = openSync(secret, 'r')
    try {
      const handler = join(HANDLERS, 'isolation.mjs')
      const event = JSON.stringify({ descriptors: null })
      const gap = Array.from({ length: 9 }, () => 'ignore' as const)
      const { stdout } = spawnSync(
        process.execPath,
        [LAUNCHER, 'invoke', handler, '--event', event],
        { stdio: ['ignore', 'pipe', 'ignore', open, 'ignore', open, ...gap, open, open] },
      )
      const descriptors = JSON.parse(stdout.toString('utf8')) as string[]
      expect(descriptors.length).toBeGreaterThan(3)
      expect(descriptors.filter((target) => target.includes('secret'))).toEqual([])
    } finally {
      closeSync(open)
      rmSync(folder, { recursive: true })
    }
  })
})
