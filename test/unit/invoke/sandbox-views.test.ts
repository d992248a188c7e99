import { describe, expect, it } from 'vitest'
import type { FunctionVersion } from '../../../runtime/functions/function-version.ts'
import { memoryShare, type SandboxView, theSandbox } from '../../../runtime/invoke/sandbox-views.ts'
import type { SandboxRecord } from '../../../runtime/scheduler/sandbox-record.ts'
import { version } from './runs.ts'

type Facts = Pick<SandboxRecord, 'state' | 'footprintMb' | 'versionKey'> & {
  readonly held?: 'provisioned' | 'warm'
}

function shareOf(records: readonly Facts[]) {
  const sandboxes = records.map(({ held, ...facts }) => ({
    ...facts,
    heldIn: held === undefined ? undefined : { kind: held },
  }))
  return memoryShare(
    {
      sandboxes: () => sandboxes as unknown as SandboxRecord[],
      memory: () => ({ budgetMb: 1_000, takenMb: 0 }),
    },
    version as FunctionVersion,
  )
}

const record = (
  versionKey: string,
  state: SandboxRecord['state'],
  footprintMb: number,
  held?: Facts['held'],
): Facts => ({ versionKey, state, footprintMb, ...(held !== undefined && { held }) })

describe('the memory that a version may have', () => {
  it('is all, where there is nothing else, and one sandbox takes at least 16 MB', () => {
    expect(shareOf([])).toEqual({ budgetMb: 1_000, takenMb: 0, eachMb: 16 })
  })

  it('is without what others take that are busy or kept warm', () => {
    const share = shareOf([
      record('g:$LATEST', 'busy', 10),
      record('g:$LATEST', 'starting', 20),
      record('g:$LATEST', 'queued', 40),
      record('f:1', 'idle', 80, 'warm'),
    ])
    expect(share.takenMb).toBe(150)
  })

  it('has that of idle ones, which make room, and of provisioned ones, which are counted apart', () => {
    const share = shareOf([
      record('g:$LATEST', 'idle', 10),
      record('g:$LATEST', 'halted', 20),
      record('g:$LATEST', 'stopping', 40),
      record('g:1', 'busy', 80, 'provisioned'),
    ])
    expect(share.takenMb).toBe(0)
  })

  it('is counted in sandboxes as large as its own were found to be', () => {
    const share = shareOf([record('f:$LATEST', 'busy', 90), record('f:$LATEST', 'idle', 16)])
    expect(share).toEqual({ budgetMb: 1_000, takenMb: 0, eachMb: 90 })
  })
})

describe('the sandbox that is meant', () => {
  const views = ['a1b2', 'a1c3', 'f0'].map((id) => ({ id }) as SandboxView)

  it('is the one whose id begins so', () => {
    expect(theSandbox(views, 'a1b')).toBe('a1b2')
    expect(theSandbox(views, 'f')).toBe('f0')
  })

  it('is none of several', () => {
    expect(() => theSandbox(views, 'a1')).toThrow("2 sandboxes have an id that begins with 'a1'")
  })

  it('is none that is not there', () => {
    expect(() => theSandbox(views, 'b')).toThrow("No sandbox has an id that begins with 'b'")
  })
})
