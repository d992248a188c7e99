import { describe, expect, it } from 'vitest'
import {
  environmentProblem,
  RESERVED_VARIABLES,
} from '../../../runtime/functions/reserved-variables.ts'

describe('a function’s variables', () => {
  it.each([...RESERVED_VARIABLES])('may not include %s', (name) => {
    expect(environmentProblem({ OTHER: '', [name]: '' })).toBe(
      `${name}: reserved, set by the runtime; choose another name`,
    )
  })

  it('are all named that are reserved', () => {
    expect(environmentProblem({ _HANDLER: '', AWS_REGION: '' })).toBe(
      '_HANDLER, AWS_REGION: reserved, set by the runtime; choose another name',
    )
  })

  it.each(['LANG', 'PATH', 'NODE_PATH', 'NODE_OPTIONS', 'TZ', 'LD_LIBRARY_PATH'])(
    'may override the preset %s',
    (name) => {
      expect(environmentProblem({ [name]: 'x' })).toBeUndefined()
    },
  )

  it.each(['A1', 'a_', 'ZZ_9'])('may be called %s', (name) => {
    expect(environmentProblem({ [name]: '' })).toBeUndefined()
  })

  it.each(['A', '1A', '_A', 'A-B', 'A B', 'Ä1'])('may not be called %s', (name) => {
    expect(environmentProblem({ [name]: '' })).toBe(
      `'${name}' must start with a letter and have at least two letters, digits or underscores`,
    )
  })

  it('may take 4,096 bytes as JSON, not 4,097', () => {
    const frame = JSON.stringify({ AB: '' }).length
    expect(environmentProblem({ AB: 'x'.repeat(4_096 - frame) })).toBeUndefined()
    expect(environmentProblem({ AB: 'x'.repeat(4_097 - frame) })).toBe(
      'takes 4097 bytes as JSON; all variables together may take 4096',
    )
  })

  it('are measured in bytes, not in characters', () => {
    const frame = JSON.stringify({ AB: '' }).length
    expect(environmentProblem({ AB: 'é'.repeat((4_096 - frame) / 2 + 1) })).toBeDefined()
  })
})
