import { describe, expect, it } from 'vitest'
import {
  CRASHED,
  failure,
  INIT_ERROR,
  READY,
  REQUEST,
  RESPONSE,
  ScriptedSandbox,
  settled,
} from './scripted-sandbox.ts'

const KILLED = { code: undefined, signal: 'SIGKILL', expected: true }

/** How a promise stands, without waiting for it. */
async function fateOf(promise: Promise<unknown>): Promise<string> {
  const waiting = Symbol('waiting')
  try {
    const first = await Promise.race([promise, settled().then(() => waiting)])
    return first === waiting ? 'waits' : 'done'
  } catch (error) {
    return (error as Error).message
  }
}

describe('the guard passes on', () => {
  it('what is known of the sandbox, and what is heard from it', async () => {
    const sandbox = new ScriptedSandbox()
    const { guard } = sandbox
    sandbox.prints('hello')
    expect(sandbox.story).toEqual(['heard hello'])
    expect([guard.id, guard.isolation, guard.pid]).toEqual(['a1', 'simulated', 7])
    expect(guard.peakMemoryBytes()).toBe(99)
  })

  it('a start and an invocation, and their outcomes', async () => {
    const sandbox = new ScriptedSandbox()
    const start = sandbox.guard.start()
    await settled()
    expect(sandbox.guard.state).toBe('initializing')
    await sandbox.ends('start', READY)
    expect(await start).toBe(READY)
    expect(sandbox.guard.state).toBe('ready')
    const invoke = sandbox.guard.invoke(REQUEST)
    await settled()
    expect(sandbox.guard.state).toBe('invoking')
    await sandbox.ends('invoke', RESPONSE)
    expect(await invoke).toBe(RESPONSE)
    expect(sandbox.guard.state).toBe('ready')
  })
})

describe('calls of a guarded sandbox', () => {
  it('come one at a time, in the order in which they were made', async () => {
    const sandbox = await new ScriptedSandbox().started()
    const calls = [sandbox.guard.freeze(), sandbox.guard.thaw(), sandbox.guard.invoke(REQUEST)]
    await settled()
    expect(sandbox.story).toEqual(['freeze while freezing'])
    await sandbox.ends('freeze')
    expect(sandbox.runs('thaw')).toBe(true)
    expect(sandbox.runs('invoke')).toBe(false)
    await sandbox.ends('thaw')
    await sandbox.ends('invoke', RESPONSE)
    await Promise.all(calls)
    expect(sandbox.story).toEqual([
      'freeze while freezing',
      'told frozen while frozen',
      'told thawed while thawing',
      'thaw while thawing',
      'invoke while invoking',
    ])
  })

  it('tell of a thaw before the act and of a freeze after it', async () => {
    const sandbox = await new ScriptedSandbox().started()
    const freeze = sandbox.guard.freeze()
    await settled()
    expect(sandbox.story).not.toContain('told frozen while frozen')
    await sandbox.ends('freeze')
    await freeze
    const thaw = sandbox.guard.thaw()
    await settled()
    expect(sandbox.story.slice(-2)).toEqual(['told thawed while thawing', 'thaw while thawing'])
    await sandbox.ends('thaw')
    await thaw
  })

  it('do nothing where a freeze or a thaw changes nothing', async () => {
    const fresh = new ScriptedSandbox()
    await fresh.guard.freeze()
    await fresh.guard.thaw()
    expect(fresh.story).toEqual([])
    const frozen = await new ScriptedSandbox().frozen()
    await frozen.guard.freeze()
    expect(frozen.story).toEqual([])
    const ready = await new ScriptedSandbox().started()
    await ready.guard.thaw()
    expect(ready.story).toEqual([])
  })

  it('never run two invocations at once, also where the first has not begun', async () => {
    const sandbox = await new ScriptedSandbox().started()
    const first = sandbox.guard.invoke(REQUEST)
    await expect(sandbox.guard.invoke(REQUEST)).rejects.toThrow(
      'Invariant broken: two invocations at once in sandbox a1',
    )
    await settled()
    await expect(sandbox.guard.invoke(REQUEST)).rejects.toThrow('two invocations at once')
    await sandbox.ends('invoke', RESPONSE)
    expect(await first).toBe(RESPONSE)
    const next = sandbox.guard.invoke(REQUEST)
    await settled()
    await sandbox.ends('invoke', RESPONSE)
    expect(await next).toBe(RESPONSE)
  })

  it('that the life cycle does not know never reach the sandbox', async () => {
    const sandbox = new ScriptedSandbox()
    await expect(sandbox.guard.invoke(REQUEST)).rejects.toThrow(
      "Sandbox a1: 'dispatched' while starting",
    )
    expect(sandbox.story).toEqual([])
  })
})

describe('a failure of the machine', () => {
  it('answers every later call with its reason', async () => {
    const sandbox = await new ScriptedSandbox().started()
    const freeze = sandbox.guard.freeze()
    await settled()
    const caught = freeze.catch((error: unknown) => error)
    await sandbox.fails('freeze', 'no signal')
    const error = await caught
    expect(error).toMatchObject({ code: 'SandboxUnavailable', message: 'Sandbox a1: no signal' })
    expect((error as Error).cause).toEqual(new Error('no signal'))
    for (const call of [
      () => sandbox.guard.invoke(REQUEST),
      () => sandbox.guard.thaw(),
      () => sandbox.guard.freeze(),
      () => sandbox.guard.start(),
      () => sandbox.guard.reset(),
    ]) {
      await expect(call()).rejects.toThrow('Sandbox a1: no signal')
    }
    expect(sandbox.story).toEqual(['freeze while freezing'])
  })

  it('reaches the calls that wait behind it', async () => {
    const sandbox = new ScriptedSandbox()
    const calls = [sandbox.guard.start(), sandbox.guard.invoke(REQUEST)]
    const ends = Promise.allSettled(calls)
    await settled()
    await sandbox.fails('start', 'no process')
    const reason = expect.objectContaining({ message: 'Sandbox a1: no process' })
    expect(await ends).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ])
  })

  it('leaves a stop possible', async () => {
    const sandbox = await new ScriptedSandbox().started()
    const freeze = sandbox.guard.freeze().catch(() => {})
    await settled()
    await sandbox.fails('freeze', 'no signal')
    await freeze
    const stop = sandbox.guard.stop()
    await sandbox.ends('stop')
    await stop
    expect(sandbox.guard.state).toBe('dead')
  })
})

describe('a reset', () => {
  it('interrupts an invocation, and the next start waits until it is done', async () => {
    const sandbox = await new ScriptedSandbox().started()
    const invoke = sandbox.guard.invoke(REQUEST)
    await settled()
    const reset = sandbox.guard.reset()
    const start = sandbox.guard.start()
    expect(sandbox.guard.state).toBe('resetting')
    await sandbox.exits(KILLED)
    await sandbox.ends('invoke', { kind: 'exited', exit: KILLED })
    expect(await invoke).toEqual({ kind: 'exited', exit: KILLED })
    expect(sandbox.runs('start')).toBe(false)
    await sandbox.ends('reset')
    await reset
    expect(sandbox.runs('start')).toBe(true)
    await sandbox.ends('start', READY)
    expect(await start).toBe(READY)
    expect(sandbox.story).toEqual([
      'invoke while invoking',
      'reset while resetting',
      'heard exit',
      'told reset while resetting',
      'start while initializing',
    ])
  })

  it('turns a start that was ready a moment before into one that was ended', async () => {
    const sandbox = new ScriptedSandbox()
    const start = sandbox.guard.start()
    await settled()
    const reset = sandbox.guard.reset()
    await sandbox.ends('start', READY)
    // Its exit must be told before.
    expect(await fateOf(start)).toBe('waits')
    await sandbox.exits(KILLED)
    await sandbox.ends('reset')
    await reset
    expect(await start).toEqual({ kind: 'exited', exit: KILLED, stamps: READY.stamps })
    expect(sandbox.guard.state).toBe('resetting')
  })

  it('that fails leaves a start that it has interrupted settled', async () => {
    const sandbox = new ScriptedSandbox()
    const start = sandbox.guard.start()
    await settled()
    const reset = sandbox.guard.reset().catch((error: unknown) => error)
    await sandbox.ends('start', READY)
    await sandbox.fails('reset', 'not ended')
    expect(await reset).toMatchObject({ message: 'Sandbox a1: not ended' })
    expect(await start).toMatchObject({ kind: 'exited', exit: KILLED })
  })

  it('ends an invocation that still waits for a thaw', async () => {
    const sandbox = await new ScriptedSandbox().frozen()
    const thaw = sandbox.guard.thaw()
    const invoke = sandbox.guard.invoke(REQUEST)
    await settled()
    const reset = sandbox.guard.reset()
    await sandbox.ends('thaw')
    await thaw
    expect(await invoke).toEqual({ kind: 'exited', exit: KILLED })
    await sandbox.ends('reset')
    await reset
    expect(sandbox.story).not.toContain('invoke while invoking')
  })

  it.each([
    ['an init that failed', INIT_ERROR],
    ['an init that crashed', { kind: 'exited', exit: CRASHED, stamps: READY.stamps }],
  ] as const)('is what %s needs next', async (_, outcome) => {
    const sandbox = new ScriptedSandbox()
    const start = sandbox.guard.start()
    await settled()
    await sandbox.ends('start', outcome)
    expect(await start).toBe(outcome)
    expect(sandbox.guard.state).toBe('resetting')
  })

  it.each([
    ['a fatal error', failure({ fatal: true }), 'resetting'],
    ['a crash', { kind: 'exited', exit: CRASHED }, 'resetting'],
    ['an error of its own', failure({ fatal: false }), 'ready'],
  ] as const)('is needed or not after %s', async (_, outcome, state) => {
    const sandbox = await new ScriptedSandbox().started()
    const invoke = sandbox.guard.invoke(REQUEST)
    await settled()
    await sandbox.ends('invoke', outcome)
    expect(await invoke).toBe(outcome)
    expect(sandbox.guard.state).toBe(state)
  })

  it('is needed after an answer of a runtime that has ended meanwhile', async () => {
    const sandbox = await new ScriptedSandbox().started()
    const invoke = sandbox.guard.invoke(REQUEST)
    await settled()
    await sandbox.exits()
    await sandbox.ends('invoke', RESPONSE)
    expect(await invoke).toBe(RESPONSE)
    expect(sandbox.guard.state).toBe('resetting')
  })

  it('does nothing to a sandbox that was stopped', async () => {
    const sandbox = await new ScriptedSandbox().started()
    const stop = sandbox.guard.stop()
    await sandbox.guard.reset()
    await sandbox.ends('stop')
    await stop
    await sandbox.guard.reset()
    expect(sandbox.story).toEqual(['stop while stopping', 'told stopped while dead'])
  })
})

describe('a stop', () => {
  it.each(['start', 'invoke', 'freeze', 'thaw'] as const)('interrupts a %s', async (act) => {
    const sandbox = new ScriptedSandbox()
    if (act === 'thaw') await sandbox.frozen()
    else if (act !== 'start') await sandbox.started()
    const running = act === 'invoke' ? sandbox.guard.invoke(REQUEST) : sandbox.guard[act]()
    await settled()
    const stop = sandbox.guard.stop()
    expect(sandbox.runs('stop')).toBe(true)
    await sandbox.ends(act, act === 'invoke' ? { kind: 'exited', exit: KILLED } : INIT_ERROR)
    await running
    expect(sandbox.guard.state).toBe('stopping')
    await sandbox.ends('stop')
    await stop
    expect(sandbox.guard.state).toBe('dead')
    expect(sandbox.story.at(-1)).toBe('told stopped while dead')
    expect(sandbox.story).not.toContain('told frozen while frozen')
  })

  it('lets nothing start that was asked for before', async () => {
    const sandbox = new ScriptedSandbox()
    const start = fateOf(sandbox.guard.start())
    const stop = sandbox.guard.stop()
    expect(await start).toBe('Sandbox a1: it was stopped')
    await sandbox.ends('stop')
    await stop
    expect(sandbox.story).toEqual(['stop while stopping', 'told stopped while dead'])
  })

  it('answers an invocation that waits as one whose runtime was ended', async () => {
    const sandbox = await new ScriptedSandbox().started()
    const invoke = sandbox.guard.invoke(REQUEST)
    const stop = sandbox.guard.stop()
    expect(await invoke).toEqual({ kind: 'exited', exit: KILLED })
    await sandbox.ends('stop')
    await stop
  })

  it('is one stop, however often it is asked for, and each caller waits for its end', async () => {
    const sandbox = await new ScriptedSandbox().started()
    const first = sandbox.guard.stop()
    const second = sandbox.guard.stop()
    expect(await fateOf(second)).toBe('waits')
    await sandbox.ends('stop')
    await Promise.all([first, second, sandbox.guard.stop()])
    expect(sandbox.story).toEqual(['stop while stopping', 'told stopped while dead'])
  })

  it('that fails says why, and the sandbox is dead all the same', async () => {
    const sandbox = await new ScriptedSandbox().started()
    const stop = fateOf(sandbox.guard.stop())
    await sandbox.fails('stop', 'directory in use')
    expect(await stop).toBe('Sandbox a1: directory in use')
    expect(sandbox.guard.state).toBe('dead')
    expect(sandbox.story.at(-1)).toBe('told stopped while dead')
  })
})

describe('a runtime that ends by itself', () => {
  it('while ready is a dead sandbox, whose next invocation finds how it ended', async () => {
    const sandbox = await new ScriptedSandbox().started()
    await sandbox.exits()
    expect(sandbox.guard.state).toBe('dead')
    expect(await sandbox.guard.invoke(REQUEST)).toEqual({ kind: 'exited', exit: CRASHED })
    expect(sandbox.story).toEqual(['heard exit'])
  })

  it('while frozen is a dead sandbox, which is neither thawed nor frozen again', async () => {
    const sandbox = await new ScriptedSandbox().frozen()
    await sandbox.exits()
    expect(sandbox.guard.state).toBe('dead')
    await sandbox.guard.thaw()
    await sandbox.guard.freeze()
    expect(sandbox.story).toEqual(['heard exit'])
  })

  it.each(['freeze', 'thaw'] as const)('during a %s is a dead sandbox', async (act) => {
    const sandbox = new ScriptedSandbox()
    await (act === 'freeze' ? sandbox.started() : sandbox.frozen())
    const running = sandbox.guard[act]()
    await settled()
    await sandbox.exits()
    await sandbox.ends(act)
    await running
    expect(sandbox.guard.state).toBe('dead')
    expect(sandbox.story).not.toContain('told frozen while frozen')
  })

  it('is stopped all the same, so that what it leaves is removed', async () => {
    const sandbox = await new ScriptedSandbox().started()
    await sandbox.exits()
    const stop = sandbox.guard.stop()
    await sandbox.ends('stop')
    await stop
    expect(sandbox.story).toEqual(['heard exit', 'stop while dead', 'told stopped while dead'])
  })

  it('while it is started or invoked is the outcome of that act', async () => {
    const sandbox = new ScriptedSandbox()
    void sandbox.guard.start()
    await settled()
    await sandbox.exits()
    expect(sandbox.guard.state).toBe('initializing')
    await sandbox.ends('start', { kind: 'exited', exit: CRASHED, stamps: READY.stamps })
    expect(sandbox.guard.state).toBe('resetting')
  })
})
