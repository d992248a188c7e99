import { describe, expect, it } from 'vitest'
import { exitError, timeoutError } from '../../../runtime/invoke/function-errors.ts'
import { checkedEvent, MAX_EVENT_BYTES } from '../../../runtime/invoke/payload-limits.ts'
import { newTraceId } from '../../../runtime/invoke/trace-id.ts'
import type { RequestId } from '../../../runtime/kernel/ids.ts'
import { seededRandom } from '../../../runtime/kernel/random.ts'

const requestId = '11111111-1111-4111-8111-111111111111' as RequestId
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

describe('errors that the platform makes', () => {
  it('say how long a task was allowed to run, with two decimals', () => {
    expect(text(timeoutError(requestId, 1_000).payload)).toBe(
      `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ${requestId} Error: Task timed out after 1.00 seconds"}`,
    )
  })

  it.each([
    [{ code: 0, signal: undefined }, 'Runtime exited without providing a reason'],
    [{ code: 127, signal: undefined }, 'Runtime exited with error: exit status 127'],
    [{ code: undefined, signal: 'SIGKILL' }, 'Runtime exited with error: signal: killed'],
    [
      { code: undefined, signal: 'SIGSEGV' },
      'Runtime exited with error: signal: segmentation fault',
    ],
  ])('tell how the runtime ended: %o', (exit, message) => {
    expect(text(exitError(requestId, { ...exit, expected: false }).payload)).toBe(
      `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ${requestId} Error: ${message}"}`,
    )
  })
})

describe('the event', () => {
  it('is {} when there is none', () => {
    expect(text(checkedEvent(undefined))).toBe('{}')
    expect(text(checkedEvent(''))).toBe('{}')
  })

  it('may be as large as 6 MB and no larger', () => {
    const fits = `"${'x'.repeat(MAX_EVENT_BYTES - 2)}"`
    expect(checkedEvent(fits)).toHaveLength(MAX_EVENT_BYTES)
    expect(() => checkedEvent(`${fits} `)).toThrow(
      'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
    )
  })

  it('counts bytes, not characters', () => {
    expect(() => checkedEvent(`"${'é'.repeat(MAX_EVENT_BYTES / 2)}"`)).toThrow('6291456 bytes')
  })

  it('must be JSON', () => {
    expect(() => checkedEvent('{nope')).toThrow(/^Could not parse request body into json: /)
  })
})

it('makes a trace header of the time and of chance, not sampled', () => {
  expect(newTraceId(1_700_000_000_000, seededRandom(1))).toMatch(
    /^Root=1-6553f100-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/,
  )
})
