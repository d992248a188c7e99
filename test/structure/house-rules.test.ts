import { describe, expect, it } from 'vitest'
import { HOUSE_RULES } from './house-rules.ts'
import { readSources } from './source.ts'

describe('in this project', () => {
  const sources = readSources()

  it('there are files to look at', () => {
    expect(sources.length).toBeGreaterThan(150)
  })

  it.each(Object.entries(HOUSE_RULES))('%s', (_sentence, rule) => {
    expect(rule(sources)).toEqual([])
  })
})
