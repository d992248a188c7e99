import { describe, expect, it } from 'vitest'
import { checkMediaType } from '../../../runtime/api/media-type.ts'

describe('the media type of a request', () => {
  it.each([
    undefined,
    '',
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/cloudevents+json',
    'application/x-amz-json-1.1',
    // As AWS's SDKs send it, and as curl does.
    'application/octet-stream',
    'application/x-www-form-urlencoded',
    'text/plain;charset=UTF-8',
  ])('%s is taken for JSON', (type) => {
    checkMediaType(type === undefined ? {} : { 'content-type': type })
  })

  it.each(['multipart/form-data; boundary=x', 'application/xml', 'image/png', 'application/jsonx'])(
    '%s is not',
    (type) => {
      const name = type.split(';')[0]
      expect(() => checkMediaType({ 'content-type': type })).toThrow(
        `The content type '${name}' is not supported: send the event as JSON`,
      )
    },
  )

  it('does not help a body that is packed', () => {
    checkMediaType({ 'content-encoding': 'identity' })
    for (const encoding of ['gzip', 'br', 'aws-chunked']) {
      expect(() => checkMediaType({ 'content-encoding': encoding })).toThrow(
        `The content encoding '${encoding}' is not supported: send the event as it is`,
      )
    }
  })
})
