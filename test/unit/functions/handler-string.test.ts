import { describe, expect, it } from 'vitest'
import { parseHandler } from '../../../runtime/functions/handler-string.ts'
import { thrown } from './thrown.ts'

describe('a handler string', () => {
  it.each([
    ['index.handler', 'index', ['handler']],
    ['src/a.b/index.handler', 'src/a.b/index', ['handler']],
    ['index.api.users.get', 'index', ['api', 'users', 'get']],
    ['/opt/index.handler', '/opt/index', ['handler']],
  ])('%s is a module and an export', (handler, modulePath, exportPath) => {
    expect(parseHandler(handler)).toEqual({ modulePath, exportPath, isFile: false })
  })

  it.each(['a.js', 'a.mjs', 'a.cjs', 'handlers/hello.ts', '../a.mts', '/abs/a.cts'])(
    '%s is a file',
    (handler) => {
      expect(parseHandler(handler)).toEqual({
        modulePath: handler,
        exportPath: ['handler'],
        isFile: true,
      })
    },
  )

  it.each(['../index.handler', 'a/../index.handler', 'index..handler'])(
    'does not leave the code root: %s',
    (handler) => {
      const error = thrown(() => parseHandler(handler))
      expect(error.code).toBe('InvalidHandler')
      expect(error.message).toBe(
        `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
      )
    },
  )

  it.each(['', 'hello', 'src/hello', '.handler', 'index.', 'index.a.', 'a.b/c'])(
    'has a module and an export: %j has not',
    (handler) => {
      const error = thrown(() => parseHandler(handler))
      expect(error.code).toBe('InvalidHandler')
      expect(error.message).toBe(
        `Bad handler '${handler}': write 'path/module.export' or the path of a file (.js .mjs .cjs .ts .mts .cts)`,
      )
    },
  )
})
