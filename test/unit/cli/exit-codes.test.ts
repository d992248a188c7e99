import { CommanderError } from 'commander'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { exitCodeOf, messageOf, UsageError } from '../../../cli/exit-codes.ts'
import { SandlotError } from '../../../runtime/kernel/errors.ts'

const throttled = new SandlotError('TooManyRequests', 'Rate Exceeded.', {
  throttle: 'ConcurrentInvocationLimitExceeded',
})

describe('exit codes', () => {
  it.each([
    ['a usage error', new UsageError('x'), 2],
    ["the command line's own error", new CommanderError(1, 'commander.unknownOption', 'x'), 2],
    ['a missing command', new CommanderError(1, 'commander.help', '(outputHelp)'), 2],
    ['help that was asked for', new CommanderError(0, 'commander.helpDisplayed', 'x'), 0],
    ["a caller's mistake", new SandlotError('InvalidHandler', 'x'), 2],
    ['a throttle', throttled, 5],
    ["a failure of the emulator's", new SandlotError('SandboxUnavailable', 'x'), 1],
    ['anything else', new Error('x'), 1],
    ['what is no error at all', 'x', 1],
  ])('%s', (_, error, code) => {
    expect(exitCodeOf(error)).toBe(code)
  })
})

describe('messages', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('are one line, with a hint below where there is one', () => {
    expect(messageOf(new UsageError('one\n  two'))).toBe('sandlot: one two')
    expect(messageOf(new UsageError('one', 'Do two.'))).toBe('sandlot: one\n         Do two.')
    const hinted = new SandlotError('ResourceNotFound', 'Not here', { hint: 'Look there.' })
    expect(messageOf(hinted)).toBe('sandlot: Not here\n         Look there.')
  })

  it('say which limit throttled', () => {
    expect(messageOf(throttled)).toBe('sandlot: Rate Exceeded. (ConcurrentInvocationLimitExceeded)')
  })

  it('lead to the help of the command', () => {
    const error = new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'")
    expect(messageOf(error, 'invoke')).toBe(
      "sandlot: unknown option '--x'\n         Run 'sandlot invoke --help' for what is allowed.",
    )
    expect(messageOf(error, '--x')).toContain("'sandlot --help'")
  })

  it('have a stack trace, with all causes, on request only', () => {
    const error = new SandlotError('Internal', 'outer', { cause: new Error('inner') })
    expect(messageOf(error)).not.toContain('at ')
    vi.stubEnv('SANDLOT_DEBUG', '1')
    expect(messageOf(error)).toMatch(
      /^sandlot: outer\n[\s\S]*at [\s\S]*caused by Error: inner\n[\s\S]*at /,
    )
  })

  it('of unexpected errors say how to see more', () => {
    expect(messageOf(new Error('odd'))).toBe(
      'sandlot: odd\n         SANDLOT_DEBUG=1 shows where it comes from.',
    )
  })
})
