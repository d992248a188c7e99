import { describe, expect, it } from 'vitest'
import { metricsRoutes } from '../../../runtime/api/metrics-routes.ts'
import { SandlotError } from '../../../runtime/kernel/errors.ts'

describe('the routes of metrics', () => {
  it('are not there on a server whose metrics nobody counts', () => {
    const resolve = () => {
      throw new SandlotError('ResourceNotFound', 'nothing')
    }
    expect(metricsRoutes({ resolve }, undefined)).toEqual([])
  })
})
