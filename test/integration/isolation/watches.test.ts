import { execFileSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import { watchMemory } from '../../../runtime/host/isolation/memory-watch.ts'
import { watchProcessCount } from '../../../runtime/host/isolation/process-count-watch.ts'
import {
  heldMemoryBytes,
  proportionalMemoryBytes,
  threadCount,
} from '../../../runtime/host/isolation/process-figures.ts'
import type { Watch } from '../../../runtime/host/isolation/watch.ts'
import { systemClock } from '../../../runtime/host/system-clock.ts'
import { BYTES_PER_MB } from '../../../runtime/kernel/units.ts'
import { skipUnless } from '../../support/skip-unless.ts'
import { type Started, until, useProcesses } from './started.ts'

/** Fills so much memory after a moment and keeps it. */
const fill = (mb: number): string =>
  `setTimeout(() => { globalThis.kept = Buffer.alloc(${mb} * 1048576, 1); console.log("full") }, 50);
   setInterval(() => {}, 1e6);`
const inChild = (code: string): string =>
  `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(code)}],
     { stdio: ["ignore", "inherit", "inherit"] })`
/** What a Node process holds besides, and twice as much as it can be. */
const NODE_MB = 30

const start = useProcesses()
const watches: Watch[] = []
afterEach(() => {
  for (const watch of watches.splice(0)) watch.stop()
})

/** Starts a watch through `begin`, which is told whom to ask for members and whom to tell. */
function seenBy(
  { members }: Started,
  begin: (input: { members: () => readonly number[]; onExceeded: () => void }) => Watch,
) {
  const seen = { looks: 0, exceeded: 0 }
  const watch = begin({
    members: () => {
      seen.looks += 1
      return members()
    },
    onExceeded: () => {
      seen.exceeded += 1
    },
  })
  watches.push(watch)
  return {
    exceeded: () => until(() => seen.exceeded > 0),
    /** Three more looks, the first of which may be under way. */
    lookedOn: async () => {
      const { looks } = seen
      await until(() => seen.looks > looks + 3 || seen.exceeded > 0)
      return seen.exceeded
    },
    seen,
    watch,
  }
}

describe('the memory watch', () => {
  skipUnless(process.platform === 'linux', 'needs /proc, to see the memory of others')

  const watchFor = (started: Started, limitMb: number) =>
    seenBy(started, (input) =>
      watchMemory({ ...input, limitBytes: limitMb * BYTES_PER_MB, clock: systemClock }),
    )

  it('says nothing of a process just inside its limit', async () => {
    const started = start(process.execPath, '-e', fill(100))
    const { lookedOn } = watchFor(started, 100 + NODE_MB)
    await started.printed('full')
    expect(await lookedOn()).toBe(0)
  })

  it('tells once of a process just outside', async () => {
    const started = start(process.execPath, '-e', fill(100))
    const { exceeded, seen } = watchFor(started, 100)
    await exceeded()
    const { looks } = seen
    // A second watch shows that time goes on.
    await watchFor(started, 500).lookedOn()
    expect(seen).toEqual({ exceeded: 1, looks })
  })

  it('counts what a child fills', async () => {
    const started = start(process.execPath, '-e', inChild(fill(100)))
    await watchFor(started, 100).exceeded()
  })

  it('counts what parent and child have filled together, each of them less than the limit', async () => {
    const started = start(process.execPath, '-e', `${fill(70)}${inChild(fill(70))}`)
    await watchFor(started, 130).exceeded()
  })

  it('does not count pages of files, such as those of the runtime itself', async () => {
    const started = start(process.execPath, '-e', fill(1))
    const { lookedOn } = watchFor(started, NODE_MB)
    await started.printed('full')
    expect(await lookedOn()).toBe(0)
  })

  it('counts pages once that forked processes share', async (context) => {
    const code = `$| = 1; my $kept = "x" x (60 * 1048576); for (1..3) { last unless fork }
      print "full\\n"; sleep 1000`
    context.skip(!hasPerl(), 'needs perl, which forks without starting another program')
    const started = start('perl', '-e', code)
    await until(() => started.lines.length === 4)
    context.skip(
      proportionalMemoryBytes(started.pid) === undefined,
      'needs Linux 5.4, whose smaps_rollup tells anonymous pages from those of files',
    )
    const summed = started.members().reduce((sum, pid) => sum + heldMemoryBytes(pid), 0)
    expect(summed).toBeGreaterThan(4 * 60 * BYTES_PER_MB)
    expect(await watchFor(started, 180).lookedOn()).toBe(0)
    await watchFor(started, 50).exceeded()
  })

  it('says nothing more when it was stopped', async () => {
    const started = start(process.execPath, '-e', fill(100))
    const { seen, watch } = watchFor(started, 100)
    watch.stop()
    watch.stop()
    await started.printed('full')
    await watchFor(started, 500).lookedOn()
    expect(seen).toEqual({ exceeded: 0, looks: 0 })
  })
})

describe('the watch of processes and threads', () => {
  skipUnless(process.platform === 'linux', 'needs /proc, to see the processes of others')

  const watchFor = (started: Started, limit: number) =>
    seenBy(started, (input) => watchProcessCount({ ...input, limit, clock: systemClock }))

  const SLEEPERS = 'for i in 1 2 3 4; do sleep 1000 & done; echo ready; wait'

  it('says nothing of as many as are allowed', async () => {
    const started = start('sh', '-c', SLEEPERS)
    await started.printed('ready')
    expect(await watchFor(started, 5).lookedOn()).toBe(0)
  })

  it('tells of one more', async () => {
    const started = start('sh', '-c', SLEEPERS)
    await started.printed('ready')
    await watchFor(started, 4).exceeded()
  })

  it('counts threads, the main one too', async () => {
    const started = start(
      process.execPath,
      '-e',
      'console.log("ready"); setInterval(() => {}, 1e6)',
    )
    await started.printed('ready')
    const threads = threadCount(started.pid)
    expect(threads).toBeGreaterThan(1)
    await watchFor(started, threads - 1).exceeded()
    expect(await watchFor(started, threads).lookedOn()).toBe(0)
  })
})

function hasPerl(): boolean {
  try {
    execFileSync('perl', ['-e', '1'])
    return true
  } catch {
    return false
  }
}
