import { describe, expect, it } from 'vitest'
import { exitError, timeoutError } from '../../../runtime/invoke/function-errors.ts'
import type { RequestId } from '../../../runtime/kernel/ids.ts'

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
    [{ code: undefined, signal: 'SIGABRT' }, 'Runtime exited with error: signal: aborted'],
    [{ code: undefined, signal: 'SIGUSR2' }, 'Runtime exited with error: signal: SIGUSR2'],
  ])('tell how the runtime ended: %o', (exit, message) => {
    expect(text(exitError(requestId, { ...exit, expected: false }).payload)).toBe(
      `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ${requestId} Error: ${message}"}`,
    )
  })
})
