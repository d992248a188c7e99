import { describe, expect, it } from 'vitest'
import { functionArn, parseFunctionReference } from '../../../runtime/functions/arn.ts'
import { thrown } from './thrown.ts'

describe('a function reference', () => {
  const forms = [
    'f',
    'function:f',
    '000000000000:f',
    '000000000000:function:f',
    'us-east-1:000000000000:function:f',
    functionArn('f'),
  ]
  it.each(forms)('%s names the function f', (text) => {
    expect(parseFunctionReference(text)).toEqual({ name: 'f', qualifier: undefined })
  })

  it.each(forms)('%s may carry a qualifier', (text) => {
    for (const qualifier of ['$LATEST', '7', 'live', '$LATEST.PUBLISHED']) {
      expect(parseFunctionReference(`${text}:${qualifier}`)).toEqual({ name: 'f', qualifier })
    }
  })

  it('is a function called function when an ARN ends there', () => {
    const { name } = parseFunctionReference('arn:aws:lambda:us-east-1:000000000000:function')
    expect(name).toBe('function')
  })

  it('may have 256 characters, not 257', () => {
    expect(parseFunctionReference('f'.repeat(256)).name).toHaveLength(256)
    const error = thrown(() => parseFunctionReference('f'.repeat(257)))
    expect(error.code).toBe('Validation')
    expect(error.message).toBe(
      `1 validation error detected: Value '${'f'.repeat(257)}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 256`,
    )
  })

  it.each(['', 'a b', 'a:b:c', 'arn:aws:s3:::bucket', 'f:$OLDEST', 'a/b'])(
    'is not %j: Lambda names its pattern',
    (text) => {
      const error = thrown(() => parseFunctionReference(text))
      expect(error.code).toBe('Validation')
      expect(error.message).toBe(
        `1 validation error detected: Value '${text}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`,
      )
    },
  )

  it('does not reach another region', () => {
    const arn = 'arn:aws:lambda:ap-southeast-1:000000000000:function:f'
    const error = thrown(() => parseFunctionReference(arn))
    expect(error.code).toBe('ResourceNotFound')
    expect(error.message).toBe(
      "Functions from 'ap-southeast-1' are not reachable in this region ('us-east-1')",
    )
  })

  it('does not reach another account', () => {
    const error = thrown(() => parseFunctionReference('123456789012:f'))
    expect(error).toMatchObject({
      code: 'Forbidden',
      httpStatus: 403,
      message: 'Account 123456789012 is not accessible: 123456789012:f',
      hint: 'All functions here belong to the account 000000000000.',
    })
  })
})
