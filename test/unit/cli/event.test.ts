import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readEvent } from '../../../cli/event.ts'

describe('an event', () => {
  it('is taken as it was written', () => {
    expect(readEvent(' {"a": 1} ')).toBe(' {"a": 1} ')
    expect(readEvent('null')).toBe('null')
  })

  it('is read from a file', () => {
    const path = fileURLToPath(new URL('../../../package.json', import.meta.url))
    expect(JSON.parse(readEvent(`@${path}`))).toMatchObject({ name: 'sandlot' })
  })

  it('must be JSON', () => {
    expect(() => readEvent('{')).toThrow(/^--event is not JSON: /)
    expect(() => readEvent('')).toThrow(/^--event is not JSON: /)
    const self = fileURLToPath(import.meta.url)
    expect(() => readEvent(`@${self}`)).toThrow(`--event in ${self} is not JSON: `)
  })

  it('must be there', () => {
    expect(() => readEvent('@/nope')).toThrow(
      '--event @/nope cannot be read: there is no such file',
    )
    expect(() => readEvent('@/')).toThrow('--event @/ cannot be read: EISDIR')
  })
})
