import { expect, it } from 'vitest'
import type { SandboxId } from '../../../runtime/kernel/ids.ts'
import { logStreamName } from '../../../runtime/scheduler/log-stream-name.ts'

const id = '0123456789abcdef0123456789abcdef' as SandboxId

it('names a log stream by the day, in UTC, the version and the sandbox', () => {
  expect(logStreamName(Date.UTC(2026, 0, 2, 23, 59, 59, 999), '$LATEST', id)).toBe(
    `2026/01/02/[$LATEST]${id}`,
  )
  expect(logStreamName(Date.UTC(2026, 0, 3), '7', id)).toBe(`2026/01/03/[7]${id}`)
})
