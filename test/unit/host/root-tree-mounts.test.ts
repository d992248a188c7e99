import { describe, expect, it } from 'vitest'
import {
  bindLines,
  deviceLine,
  maskLine,
  procLine,
  sealLine,
} from '../../../runtime/host/isolation/fstab.ts'
import { mountTableOf } from '../../../runtime/host/isolation/mount-table.ts'

const MOUNTINFO = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
28 27 0:25 / /disk/data ro,nosuid,nodev,noexec,noatime shared:3 - tmpfs tmpfs ro
29 28 0:26 / /disk/data/old rw,relatime - tmpfs tmpfs rw
30 27 0:26 / /disk/a\\040b\\134\\043 rw,relatime - tmpfs tmpfs rw
31 27 0:26 / /disk/twice rw,noexec,relatime - tmpfs tmpfs rw
32 27 0:26 / /disk/twice rw,nosuid,relatime - tmpfs tmpfs rw
33 27 0:26 / /disk/gone rw,relatime - tmpfs tmpfs rw
34 27 0:26 / /diskshop rw,relatime - tmpfs tmpfs rw
`
const table = mountTableOf(MOUNTINFO, (path) => path !== '/disk/gone')

describe('the mount table', () => {
  it.each([
    ['/', []],
    ['/disk/x', []],
    ['/disk/data', ['ro', 'nosuid', 'nodev', 'noexec']],
    ['/disk/data/x/y', ['ro', 'nosuid', 'nodev', 'noexec']],
    ['/disk/data/old/x', []],
    ['/disk/database', []],
    ['/disk/twice', ['nosuid']],
  ])('tells what is not allowed at %s', (path, flags) => {
    expect(table.flagsAt(path)).toEqual(flags)
  })

  it('lists mounts in a folder that can be reached, outer ones first', () => {
    expect(table.inside('/disk').map(({ path }) => path)).toEqual([
      '/disk/a b\\#',
      '/disk/data',
      '/disk/data/old',
      '/disk/twice',
    ])
    expect(table.inside('/disk/data').map(({ path }) => path)).toEqual(['/disk/data/old'])
    expect(table.inside('/disk/twice')).toEqual([])
  })
})

describe('a line of the fstab', () => {
  it('binds read-only, and says again what is not allowed there', () => {
    expect(bindLines({ from: '/home/x', to: '/r/x' }, table)).toEqual([
      '/home/x /r/x none bind,ro,nosuid,nodev 0 0',
    ])
    expect(bindLines({ from: '/disk/data/old', to: '/r/x' }, table)).toEqual([
      '/disk/data/old /r/x none bind,ro,nosuid,nodev 0 0',
    ])
    expect(bindLines({ from: '/disk/data/f', to: '/r/x' }, table)).toEqual([
      '/disk/data/f /r/x none bind,ro,nosuid,nodev,noexec 0 0',
    ])
  })

  it('takes along what is mounted in a folder, and makes each read-only', () => {
    expect(bindLines({ from: '/disk', to: '/r/w' }, table, { makeFolder: true })).toEqual([
      '/disk /r/w none rbind,ro,nosuid,nodev,X-mount.mkdir=0755 0 0',
      'none /r/w/a\\040b\\134\\043 none remount,bind,ro,nosuid,nodev 0 0',
      'none /r/w/data none remount,bind,ro,nosuid,nodev,noexec 0 0',
      'none /r/w/data/old none remount,bind,ro,nosuid,nodev 0 0',
      'none /r/w/twice none remount,bind,ro,nosuid,nodev 0 0',
    ])
  })

  it('escapes what would end a field or the line, and nothing else', () => {
    const [line] = bindLines({ from: '/a \t\n\\040#"\'é', to: '/r' }, table, { optional: true })
    expect(line).toBe('/a\\040\\011\\012\\134040\\043"\'é /r none bind,ro,nosuid,nodev,nofail 0 0')
  })

  it('knows devices, /proc and masks', () => {
    expect(deviceLine('/dev/null', '/r/dev/null', table)).toBe(
      '/dev/null /r/dev/null none bind,nosuid,noexec 0 0',
    )
    expect(procLine('/r/proc')).toBe('proc /r/proc proc nosuid,nodev,noexec 0 0')
    expect(maskLine('/r/h')).toBe('tmpfs /r/h tmpfs nosuid,nodev,noexec,size=4k,mode=755 0 0')
    expect(sealLine('/r/h')).toBe('none /r/h none remount,bind,ro,nosuid,nodev,noexec 0 0')
  })
})
