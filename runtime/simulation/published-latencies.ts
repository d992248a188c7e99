import type { PublishedQuantiles } from './draws.ts'

/** What was published of a runtime on AWS Lambda; milliseconds. */
export interface PublishedLatency {
  /** AWS's name of it, or the language where it brings its own runtime. */
  readonly runtime: string
  /** Init Duration, as REPORT lines say; without placing the sandbox and loading its code. */
  readonly initMs: PublishedQuantiles
  /** Mean Duration of the first invocation of a handler that returns a constant; absent: not published. */
  readonly firstCallMs?: { readonly at128Mb: number; readonly at1024Mb: number }
}

/** For people: where these figures come from. */
export const PUBLISHED_SOURCE =
  'lambda-perf (maxday/lambda-perf on GitHub): hello world as a ZIP file, x86_64, us-east-1, ' +
  'some 500 cold starts each, July and August 2026'

/** @returns `undefined` for a runtime of which nothing was published. */
export const publishedLatency = (runtime: string): PublishedLatency | undefined =>
  PUBLISHED.find((published) => published.runtime === runtime)

export const publishedRuntimes = (): string[] => PUBLISHED.map(({ runtime }) => runtime)

const PUBLISHED: readonly PublishedLatency[] = [
  published('nodejs20.x', [142, 162, 199], [11.1, 3.1]),
  published('nodejs22.x', [141, 164, 200], [12.2, 3.3]),
  published('nodejs24.x', [135, 157, 196], [14.0, 3.1]),
  published('python3.12', [84, 100, 135], [2.3, 2.0]),
  published('python3.13', [85, 106, 185], [2.3, 2.2]),
  published('python3.14', [110, 146, 266], [2.2, 1.9]),
  published('ruby3.4', [224, 388, 470], [12, 2.5]),
  published('java21', [239, 280, 625], [96, 6.8]),
  published('java25', [191, 300, 497], [243, 10]),
  published('dotnet8', [253, 340, 655], [715, 74]),
  published('dotnet10', [254, 580, 710], [794, 80]),
  published('go', [50, 53, 69], [1.6, 1.5]),
  published('rust', [16, 21, 50], [1.3, 1.4]),
  published('cpp', [65, 91, 132]),
  published('llrt', [68, 74, 85]),
  published('bun', [346, 373, 430], [255, 20]),
]

function published(
  runtime: string,
  [p50, p90, p99]: readonly [number, number, number],
  firstCall?: readonly [at128Mb: number, at1024Mb: number],
): PublishedLatency {
  const initMs = { p50, p90, p99 }
  if (firstCall === undefined) return { runtime, initMs }
  const [at128Mb, at1024Mb] = firstCall
  return { runtime, initMs, firstCallMs: { at128Mb, at1024Mb } }
}
