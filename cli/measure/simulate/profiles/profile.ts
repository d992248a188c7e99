import type { LatencyModel } from '../../../../runtime/simulation/workload.ts'

/** How long things take, and where that is from. */
export interface Profile {
  /** For a person: what was measured or published, by whom, of what. */
  readonly text: string
  readonly kind: 'measured' | 'published'
  readonly latency: LatencyModel
}
