import {
  appendFileSync,
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { watchTmp } from '../../../runtime/host/isolation/tmp-watch.ts'
import { VirtualClock } from '../../../runtime/simulation/virtual-clock.ts'

const KB = 1_024
const LIMIT_KB = 400
const LOOK_US = 50_000

let path: string
let clock: VirtualClock
let exceeded: number
let stop: () => void

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'tmp-watch-'))
  clock = new VirtualClock()
  exceeded = 0
})

afterEach(() => {
  stop()
  expect(clock.pendingTimers).toBe(0)
  rmSync(path, { recursive: true, force: true })
})

function start(watched = path): void {
  const onExceeded = (): void => {
    exceeded += 1
  }
  const watch = watchTmp({ path: watched, limitBytes: LIMIT_KB * KB, clock, onExceeded })
  stop = watch.stop
}

const write = (name: string, kb: number): void =>
  writeFileSync(join(path, name), Buffer.alloc(kb * KB, 1))
const look = (times = 1): void => clock.advanceTo(clock.nowUs() + times * LOOK_US)

describe('the watch of a folder', () => {
  it('says nothing of a file that just fits', () => {
    start()
    write('file', LIMIT_KB)
    look()
    expect(exceeded).toBe(0)
  })

  it('tells once of one that is larger by a block', () => {
    start()
    write('file', LIMIT_KB + 4)
    look()
    expect(exceeded).toBe(1)
    look(10)
    expect(exceeded).toBe(1)
  })

  it('adds up files of all folders below it', () => {
    start()
    mkdirSync(join(path, 'a/b'), { recursive: true })
    write('a/b/one', LIMIT_KB / 2)
    write('a/two', LIMIT_KB / 2 - 20)
    look()
    expect(exceeded).toBe(0)
    write('three', 40)
    look()
    expect(exceeded).toBe(1)
  })

  it('counts what is there, not what was: a file that is deleted makes room', () => {
    start()
    for (let round = 0; round < 5; round += 1) {
      write(`file-${round}`, LIMIT_KB - 40)
      look()
      rmSync(join(path, `file-${round}`))
    }
    expect(exceeded).toBe(0)
  })

  it('counts a file of two names once', () => {
    start()
    write('file', LIMIT_KB - 40)
    linkSync(join(path, 'file'), join(path, 'same'))
    look()
    expect(exceeded).toBe(0)
  })

  it('does not follow links to elsewhere, nor in circles', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'tmp-watch-'))
    writeFileSync(join(elsewhere, 'file'), Buffer.alloc(2 * LIMIT_KB * KB, 1))
    start()
    symlinkSync(elsewhere, join(path, 'folder'))
    symlinkSync(join(elsewhere, 'file'), join(path, 'file'))
    symlinkSync(path, join(path, 'self'))
    look()
    rmSync(elsewhere, { recursive: true })
    expect(exceeded).toBe(0)
  })

  it('does not count the holes of a file', () => {
    start()
    closeSync(openSync(join(path, 'holes'), 'w'))
    truncateSync(join(path, 'holes'), 10 * LIMIT_KB * KB)
    look()
    expect(exceeded).toBe(0)
  })

  it('says nothing when the folder is gone', () => {
    start(join(path, 'nowhere'))
    look(3)
    expect(exceeded).toBe(0)
  })

  it('says nothing more when it was stopped', () => {
    start()
    write('file', 2 * LIMIT_KB)
    stop()
    look()
    expect(exceeded).toBe(0)
  })
})

describe('a folder of more entries than one look takes', () => {
  beforeEach(() => {
    mkdirSync(join(path, 'small'))
    for (let index = 0; index < 450; index += 1) writeFileSync(join(path, 'small', `${index}`), '')
  })

  it('is gone through in pieces, and then from the start', () => {
    start()
    const deepest = join(path, 'small/deep')
    mkdirSync(deepest)
    look(4)
    expect(exceeded).toBe(0)
    writeFileSync(join(deepest, 'file'), Buffer.alloc((LIMIT_KB + 4) * KB, 1))
    look(4)
    expect(exceeded).toBe(1)
  })

  it('is not held to be full for a file that was moved while it was gone through', () => {
    mkdirSync(join(path, 'small/deep'))
    start()
    write('file', 300)
    look()
    renameSync(join(path, 'file'), join(path, 'small/deep/file'))
    look(5)
    expect(exceeded).toBe(0)
  })

  it('is closed when the watch is stopped halfway', (context) => {
    context.skip(process.platform !== 'linux', 'needs /proc, to count open descriptors')
    const descriptors = () => readdirSync('/proc/self/fd').length
    const before = descriptors()
    start()
    look()
    expect(descriptors()).toBe(before + 1)
    stop()
    expect(descriptors()).toBe(before)
  })

  it('may be deleted while it is gone through', () => {
    start()
    look()
    rmSync(join(path, 'small'), { recursive: true })
    look(3)
    write('file', LIMIT_KB + 4)
    look(3)
    expect(exceeded).toBe(1)
  })

  it('is full when a file keeps growing', () => {
    start()
    write('file', 100)
    for (let round = 0; round < 20; round += 1) {
      appendFileSync(join(path, 'file'), Buffer.alloc(40 * KB, 1))
      clock.advanceTo(clock.nowUs() + 20_000)
    }
    expect(exceeded).toBe(1)
  })
})
