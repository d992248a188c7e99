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
})
