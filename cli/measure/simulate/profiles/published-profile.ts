import { quantileModel } from '../../../../runtime/simulation/latency-models.ts'
import {
  PUBLISHED_SOURCE,
  publishedLatency,
  publishedRuntimes,
} from '../../../../runtime/simulation/published-latencies.ts'
import { UsageError } from '../../../exit-codes.ts'
import type { Profile } from './profile.ts'

/**
 * What others have measured on AWS Lambda. Of a cold start it has the init alone: what placing the
 * sandbox and loading its code take was not published, and is nothing here.
 *
 * @throws UsageError for a runtime of which nothing was published.
 */
export function publishedProfile(runtime: string, memoryMb: number): Profile {
  const published = publishedLatency(runtime)
  if (published === undefined) {
    throw new UsageError(
      `--profile aws:${runtime}: nothing was published of '${runtime}'`,
      `There are figures of ${publishedRuntimes().join(', ')}.`,
    )
  }
  return {
    text: `AWS Lambda, ${runtime}, init only: published by ${PUBLISHED_SOURCE}; not measured here`,
    kind: 'published',
    latency: quantileModel(published, { memoryMb }),
  }
}
