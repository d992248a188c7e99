/** How much is measured of each variant, where nothing else is asked for. */
export interface Amount {
  readonly runs: number
  readonly cold: number
  readonly warm: number
}

export const DEFAULT_AMOUNT: Amount = { runs: 10, cold: 100, warm: 1_000 }
/** The demo ends in about a minute on two cores. */
export const DEMO_AMOUNT: Amount = { runs: 3, cold: 21, warm: 300 }
/** The least that still supports every median. */
export const QUICK_AMOUNT: Amount = { runs: 2, cold: 20, warm: 100 }
export const QUICK_DEMO_AMOUNT: Amount = { runs: 1, cold: 20, warm: 50 }
