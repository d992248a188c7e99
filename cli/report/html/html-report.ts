import type { BenchResult } from '../../measure/results/bench-result.ts'
import type { LoadResult } from '../../measure/results/load-result.ts'
import type { SimulateResult } from '../../measure/results/simulate-result.ts'
import type { TuneResult } from '../../measure/results/tune-result.ts'
import { benchPage } from './bench-page.ts'
import { loadPage } from './load-page.ts'
import { simulatePage } from './simulate-page.ts'
import { tunePage } from './tune-page.ts'

/** One HTML file that needs nothing else: no network, no font, no script from elsewhere. */
export function htmlReport(result: BenchResult | LoadResult | TuneResult | SimulateResult): string {
  switch (result.schema) {
    case 'sandlot-bench':
      return benchPage(result).markup
    case 'sandlot-load':
      return loadPage(result).markup
    case 'sandlot-tune':
      return tunePage(result).markup
    case 'sandlot-simulate':
      return simulatePage(result).markup
  }
}
