import { describe, expect, it } from 'vitest'
import { functionLine } from '../../../cli/report/function-line.ts'

const record = (level: string, text: string): string =>
  `2026-01-31T12:00:00.000Z\t0a1b2c3d-0000-4000-8000-0123456789ab\t${level}\t${text}`

const FRAME = '    at handler (/app/main.ts:9:31)'
const OURS =
  '    at callHandler (/tmp/sandlot-0/cache/bootstrap-d1b720fb/process-main.bundle.cjs:4:1)'

describe('a line of the log of a function', () => {
  it.each([
    ['TRACE', 'trace'],
    ['DEBUG', 'debug'],
    ['INFO', 'info'],
    ['WARN', 'warn'],
    ['ERROR', 'error'],
    ['FATAL', 'fatal'],
  ])('of the level %s is taken apart', (name, level) => {
    const text = 'a\tb\nsecond line'
    expect(functionLine(record(name, text))).toEqual({ level, text, error: undefined })
  })

  it.each(['', 'plain', 'a\tb\tERROR\tc', record('NOTICE', 'x')])(
    '%j is shown as it is',
    (line) => {
      expect(functionLine(line)).toEqual({ level: 'info', text: line, error: undefined })
    },
  )

  it('before the first invocation has no request id', () => {
    const line = '2026-01-31T12:00:00.000Z\tundefined\tINFO\tloading'
    expect(functionLine(line)).toMatchObject({ level: 'info', text: 'loading' })
  })

  it('that tells of an error tells which, where, and what else it has', () => {
    const stack = ['TypeError: no luck', 'at all', FRAME, OURS]
    const fields = { errorType: 'TypeError', errorMessage: 'no luck\nat all', code: 'E', stack }
    const { level, error } = functionLine(
      record('ERROR', `Invoke Error \t${JSON.stringify(fields)}`),
    )
    expect({ level, error }).toEqual({
      level: 'error',
      error: {
        title: 'Invoke Error',
        message: 'TypeError: no luck\nat all',
        frames: [FRAME],
        fields: '{"code":"E"}',
      },
    })
  })

  it('that tells of an error without a stack trace has its message', () => {
    const json = '{"errorType":"Error","errorMessage":"no luck","stack":[]}'
    expect(functionLine(record('ERROR', `Uncaught Exception \t${json}`)).error).toEqual({
      title: 'Uncaught Exception',
      message: 'Error: no luck',
      frames: [],
      fields: '',
    })
  })

  it.each(['Invoke Error \t{"errorType":', 'Invoke Error \t{}', 'Order\t{"stack":"none"}', 'no'])(
    '%j is not an error',
    (text) => {
      expect(functionLine(record('ERROR', text))).toEqual({
        level: 'error',
        text,
        error: undefined,
      })
    },
  )
})
