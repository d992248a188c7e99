import { describe, expect, it } from 'vitest'
import { parseMounts } from '../../../runtime/host/isolation/control-group-layout.ts'

/** What the two files of /proc say, on machines as they are found. */
const SYSTEMD_V2 = {
  mountinfo: '31 23 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate',
  own: '0::/user.slice/user-0.slice/session-3.scope\n',
}
const HYBRID = {
  mountinfo: `
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:4 - cgroup cgroup rw,cpu,cpuacct
34 31 0:31 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
36 31 0:33 / /sys/fs/cgroup/freezer rw,relatime - cgroup cgroup rw,freezer
37 31 0:34 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
38 31 0:35 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`,
  own: '4:memory:/jobs/7\n3:cpu,cpuacct:/jobs\n2:freezer:/\n1:name=systemd:/a:b\n0::/jobs/7\n',
}

describe('the hierarchies of control groups', () => {
  it('are one where there is version 2 only, with our own group in it', () => {
    expect(parseMounts(SYSTEMD_V2.mountinfo, SYSTEMD_V2.own)).toEqual([
      {
        version: 2,
        mountPath: '/sys/fs/cgroup',
        ownPath: '/sys/fs/cgroup/user.slice/user-0.slice/session-3.scope',
        resources: [],
      },
    ])
  })

  it('are those that limit something, and version 2, where there are both', () => {
    expect(parseMounts(HYBRID.mountinfo, HYBRID.own)).toEqual([
      {
        version: 1,
        mountPath: '/sys/fs/cgroup/cpu,cpuacct',
        ownPath: '/sys/fs/cgroup/cpu,cpuacct/jobs',
        resources: ['cpu'],
      },
      {
        version: 1,
        mountPath: '/sys/fs/cgroup/memory',
        ownPath: '/sys/fs/cgroup/memory/jobs/7',
        resources: ['memory'],
      },
      {
        version: 2,
        mountPath: '/sys/fs/cgroup/unified',
        ownPath: '/sys/fs/cgroup/unified/jobs/7',
        resources: [],
      },
    ])
  })

  it.each([
    ['shows its own group as the root', '/docker/abc', '/docker/abc', '/sys/fs/cgroup/memory'],
    ['has a group below that', '/docker/abc', '/docker/abc/x', '/sys/fs/cgroup/memory/x'],
    ['has a namespace that was made later', '/../..', '/', '/sys/fs/cgroup/memory'],
    ['shows a group beside ours', '/docker/abc', '/docker/abcdef', '/sys/fs/cgroup/memory'],
    ['shows less than our group', '/', '/../other', '/sys/fs/cgroup/memory'],
  ])('are found in a container that %s', (_, root, own, expected) => {
    const mountinfo = `34 31 0:31 ${root} /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory`
    const [mount] = parseMounts(mountinfo, `4:memory:${own}\n`)
    expect(mount?.ownPath).toBe(expected)
  })

  it('are read with the names that the system writes in octal', () => {
    const mountinfo = '34 31 0:31 / /a\\040b rw - cgroup2 cgroup2 rw'
    const [mount] = parseMounts(mountinfo, '0::/c\n')
    expect(mount).toMatchObject({ mountPath: '/a b', ownPath: '/a b/c' })
  })

  it('count once when they are mounted twice', () => {
    const again = HYBRID.mountinfo.replaceAll('/sys/fs/', '/elsewhere/')
    expect(parseMounts(HYBRID.mountinfo + again, HYBRID.own)).toHaveLength(3)
  })

  it('are none where the system has no such thing', () => {
    expect(parseMounts('22 27 0:21 / /proc rw - proc proc rw\n', '')).toEqual([])
  })
})
