import { execa } from 'execa'
import { UsageError } from '../exit-codes.ts'

/** A Node that controllers can run on. */
export interface NodeBinary {
  /** Absolute. */
  readonly path: string
  /** `v22.11.0`. */
  readonly version: string
  /** It runs TypeScript itself, without a warning. */
  readonly runsTypeScript: boolean
}

/** The one that runs this. */
export const thisNode = (): NodeBinary => ({
  path: process.execPath,
  version: process.version,
  runsTypeScript: runsTypeScript(
    process.version,
    (process.features as { typescript?: unknown }).typescript,
  ),
})

const LEAST = [20, 19] as const
/** The first that says nothing about TypeScript being an experiment. */
const LEAST_FOR_TYPESCRIPT = [24, 3] as const

/**
 * Asks a binary what it is.
 *
 * @throws UsageError when it is not there, is not Node or is too old.
 */
export async function nodeBinary(path: string): Promise<NodeBinary> {
  const { stdout, failed, shortMessage } = await execa(path, ['-p', QUESTION], {
    reject: false,
    timeout: 10_000,
    stdin: 'ignore',
  })
  if (failed) {
    const reason = /ENOENT/.test(shortMessage ?? '')
      ? 'there is no such file'
      : 'it cannot be run, or is not Node'
    throw new UsageError(`--node ${path}: ${reason}`)
  }
  const answer = parsed(stdout)
  if (answer === undefined) throw new UsageError(`--node ${path}: it is not Node`)
  const { execPath, version, typescript } = answer
  if (!isAtLeast(version, LEAST)) {
    throw new UsageError(`--node ${path}: Node.js 20.19 or newer is needed; it is ${version}`)
  }
  return { path: execPath, version, runsTypeScript: runsTypeScript(version, typescript) }
}

const QUESTION =
  'JSON.stringify({ execPath: process.execPath, version: process.version, typescript: process.features.typescript })'

interface Answer {
  readonly execPath: string
  readonly version: string
  readonly typescript?: unknown
}

function parsed(text: string): Answer | undefined {
  try {
    const answer = JSON.parse(text) as Answer
    return /^v\d+\.\d+/.test(answer.version) ? answer : undefined
  } catch {
    return undefined
  }
}

const runsTypeScript = (version: string, feature: unknown): boolean =>
  isAtLeast(version, LEAST_FOR_TYPESCRIPT) && Boolean(feature)

function isAtLeast(version: string, [leastMajor, leastMinor]: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}
