import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SandboxId } from '../../../runtime/kernel/ids.ts'
import { place } from '../../../runtime/scheduler/placement-policy.ts'

const id = (name: string): SandboxId => name as SandboxId

describe('placement', () => {
  const none = {
    forceCold: false,
    idle: [],
    halted: [],
    sandboxCount: 0,
    reuse: 'most-recent',
  } as const

  const sandbox = (name: string, lostTo: 'timeout' | 'crash' = 'crash') => ({
    id: id(name),
    lostTo,
  })
  const [a, b] = [sandbox('a'), sandbox('b')]

  it('prefers an idle sandbox to one that must start again', () => {
    const halted = [sandbox('h', 'timeout')]
    expect(place({ ...none, idle: [a, b], halted })).toEqual({ sandbox: b, why: 'reused' })
    expect(place({ ...none, halted })).toEqual({ sandbox: halted[0], why: 'reset after timeout' })
  })

  it('takes the one used last, or the one idle longest', () => {
    const idle = [a, b, sandbox('c')]
    expect(place({ ...none, idle }).sandbox?.id).toBe('c')
    expect(place({ ...none, idle, reuse: 'least-recent' }).sandbox?.id).toBe('a')
  })

  it('starts a new one where a cold start is asked for, whatever is idle', () => {
    const placement = place({ ...none, idle: [a], halted: [b], forceCold: true })
    expect(placement).toEqual({ sandbox: undefined, why: 'forced' })
  })

  it('tells the first sandbox of a function from one more', () => {
    expect(place(none)).toEqual({ sandbox: undefined, why: 'no sandbox' })
    expect(place({ ...none, sandboxCount: 3 })).toEqual({ sandbox: undefined, why: 'all busy' })
  })

  it('restarts the one that lost its runtime last, of several', () => {
    expect(place({ ...none, halted: [a, sandbox('b', 'timeout')] })).toEqual({
      sandbox: sandbox('b', 'timeout'),
      why: 'reset after timeout',
    })
  })

  it('is new only where a cold start is asked for or nothing is at rest, and else one of those', () => {
    const some = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 6 })
    const snapshots = fc.record({
      forceCold: fc.boolean(),
      idle: some.map((names) => names.map((name) => sandbox(`idle ${name}`))),
      halted: some.map((names) => names.map((name) => sandbox(`halted ${name}`))),
      sandboxCount: fc.nat(20),
      reuse: fc.constantFrom('most-recent' as const, 'least-recent' as const),
    })
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        const { forceCold, idle, halted, reuse } = snapshot
        const placement = place(snapshot)
        const isNew = forceCold || idle.length + halted.length === 0
        expect(placement.sandbox === undefined).toBe(isNew)
        if (isNew) return
        const from = idle.length > 0 ? idle : halted
        const isFirst = idle.length > 0 && reuse === 'least-recent'
        expect(placement.sandbox).toBe(from.at(isFirst ? 0 : -1))
        expect(placement.why === 'reused').toBe(idle.length > 0)
      }),
    )
  })
})
