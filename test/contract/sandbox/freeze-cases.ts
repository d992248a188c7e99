import { expect } from 'vitest'
import type { ContractCase, ContractLab } from './contract-lab.ts'
import type { SandboxUnderTest } from './sandbox-under-test.ts'

/** Freezing and thawing, and all that may happen in between. */
export const freezeCases = [
  [
    'serves an invocation after it was frozen and thawed, as often as one likes',
    async (lab) => {
      const sandbox = await lab.started('answers.echo')
      for (let round = 0; round < 3; round += 1) {
        await sandbox.guard.freeze()
        expect(sandbox.guard.state).toBe('frozen')
        await sandbox.guard.thaw()
        expect((await sandbox.invoke()).outcome.kind).toBe('response')
      }
      expect(sandbox.changes).toEqual(['frozen', 'thawed', 'frozen', 'thawed', 'frozen', 'thawed'])
    },
  ],
  [
    'serves an invocation that was called while it froze',
    async (lab) => {
      const sandbox = await lab.started('answers.echo')
      const freeze = sandbox.guard.freeze()
      const thaw = sandbox.guard.thaw()
      expect((await sandbox.invoke()).outcome.kind).toBe('response')
      await Promise.all([freeze, thaw])
    },
  ],
  [
    'keeps the state of its modules while it is frozen',
    async (lab) => {
      const sandbox = await lab.started('answers.counts')
      expect(await sandbox.ask()).toBe(1)
      await sandbox.guard.freeze()
      await sandbox.guard.thaw()
      expect(await sandbox.ask()).toBe(2)
    },
    'code',
  ],
  [
    'lets a timer that was left behind make no progress while frozen, and go on afterwards',
    async (lab) => {
      const sandbox = await lab.started('leaves.ticks')
      await standsStillWhileFrozen(lab, sandbox, {})
    },
    'code',
  ],
  [
    'freezes the processes that a handler has left behind',
    async (lab) => {
      const sandbox = await lab.started('leaves.tickingChild')
      await standsStillWhileFrozen(lab, sandbox, { detached: false })
    },
    'code',
  ],
  [
    'freezes the processes that have left its group',
    async (lab) => {
      const sandbox = await lab.started('leaves.tickingChild')
      await standsStillWhileFrozen(lab, sandbox, { detached: true })
    },
    'code',
  ],
  [
    'may be stopped while it is frozen, and while it freezes',
    async (lab) => {
      const frozen = await lab.started('answers.echo')
      await frozen.guard.freeze()
      await frozen.stop()
      const freezing = await lab.started('answers.echo')
      const freeze = freezing.guard.freeze()
      await Promise.resolve()
      await freezing.stop()
      await freeze
      expect(freezing.changes).toEqual(['stopped'])
    },
  ],
  [
    'may be reset while it is frozen, and starts unfrozen',
    async (lab) => {
      const sandbox = await lab.started('answers.echo')
      await sandbox.guard.freeze()
      await sandbox.reset()
      await sandbox.ready()
      expect((await sandbox.invoke()).outcome.kind).toBe('response')
    },
  ],
  [
    'settles a freeze though its runtime ends at that moment',
    async (lab) => {
      const sandbox = await lab.started('ends.answersAndExits')
      expect(await sandbox.ask()).toBe('last words')
      await sandbox.guard.freeze()
      expect(['frozen', 'dead']).toContain(sandbox.guard.state)
    },
    'code',
  ],
  [
    'settles a freeze of a runtime that has ended already',
    async (lab) => {
      const sandbox = await lab.started('ends.answersAndExits')
      await sandbox.ask()
      await lab.eventually(() => sandbox.guard.state === 'dead')
      await sandbox.guard.freeze()
      await sandbox.guard.thaw()
      expect(sandbox.changes).toEqual([])
    },
    'code',
  ],
  [
    'is dead when its runtime is killed while frozen',
    async (lab) => {
      const sandbox = await lab.started('answers.echo')
      await sandbox.guard.freeze()
      process.kill(Number(sandbox.guard.pid), 'SIGKILL')
      await lab.eventually(() => sandbox.guard.state === 'dead')
      const exit = { code: undefined, signal: 'SIGKILL', expected: false }
      expect(sandbox.exits).toEqual([exit])
      expect((await sandbox.invoke()).outcome).toEqual({ kind: 'exited', exit })
    },
    'code',
  ],
] as const satisfies readonly ContractCase[]

/** Another one, which is not frozen, tells that time has passed. */
async function standsStillWhileFrozen(
  lab: ContractLab,
  sandbox: SandboxUnderTest,
  event: object,
): Promise<void> {
  const control = await lab.started('leaves.ticks')
  await control.ask()
  await sandbox.ask(event)
  await lab.whenTicked(sandbox, 5)
  await sandbox.guard.freeze()
  // What it had printed before is still on its way.
  await lab.whenTicked(control, 5)
  const before = sandbox.ticks
  await lab.whenTicked(control, 30)
  expect(sandbox.ticks).toBe(before)
  await sandbox.guard.thaw()
  await lab.whenTicked(sandbox, 5)
}
