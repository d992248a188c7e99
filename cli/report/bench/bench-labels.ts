import type { VariantResult } from '../../measure/results/bench-result.ts'
import { shortened } from '../format.ts'

/** `A  hello, process`; shortened at its beginning where it is longer than `width`. */
export const variantName = ({ id, label }: VariantResult, width: number): string =>
  `${id.padEnd(2)} ${shortened(label, width)}`
