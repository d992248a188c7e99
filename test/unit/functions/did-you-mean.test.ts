import { describe, expect, it } from 'vitest'
import { didYouMean } from '../../../runtime/functions/did-you-mean.ts'

describe('did you mean', () => {
  it('finds a candidate with up to a third of the letters changed', () => {
    expect(didYouMean('helo', ['process', 'hello'])).toBe(" (did you mean 'hello'?)")
    expect(didYouMean('handlre', ['other', 'handler'])).toBe(" (did you mean 'handler'?)")
  })

  it('prefers the closest', () => {
    expect(didYouMean('handler', ['handle', 'Handler'])).toBe(" (did you mean 'Handler'?)")
  })

  it('says nothing when none is close', () => {
    expect(didYouMean('hello', ['process', 'error', ''])).toBe('')
    expect(didYouMean('hello', [])).toBe('')
  })
})
