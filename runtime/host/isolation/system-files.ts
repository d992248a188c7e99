import { existsSync, lstatSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { bindLines, deviceLine, procLine } from './fstab.ts'
import type { MountTable } from './mount-table.ts'
import type { Skeleton } from './skeleton.ts'

/** Links into /usr on most systems, folders of their own on others. */
const PROGRAM_FOLDERS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']

const DEVICES = ['null', 'zero', 'full', 'random', 'urandom']

const DEVICE_LINKS = { fd: '', stdin: '/0', stdout: '/1', stderr: '/2' }

/** This machine's: names and certificates are the same inside, and libraries are found. */
const SETTINGS = ['resolv.conf', 'ssl', 'pki', 'ca-certificates', 'crypto-policies']
  .concat(['alternatives', 'ld.so.cache', 'localtime'])
  .map((name) => `/etc/${name}`)

/** The user as it is on Lambda, by name and number. */
const USER_FILES = {
  '/etc/passwd':
    'root:x:0:0:root:/root:/sbin/nologin\nsbx_user1051:x:993:990::/home/sbx_user1051:/sbin/nologin\n',
  '/etc/group': 'root:x:0:\nsbx_user1051:x:990:\n',
  '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
}

/**
 * What is the same for every function: programs and libraries of this machine, and the few files and
 * devices that they need. Returns the lines that mount them.
 */
export function addSystemFiles(skeleton: Skeleton, mounts: MountTable): string[] {
  const lines: string[] = []
  const show = (path: string, isOptional = false): void => {
    const from = realpathSync(path)
    if (statSync(from).isDirectory()) skeleton.folder(path)
    else skeleton.file(path)
    lines.push(...bindLines({ from, to: skeleton.at(path) }, mounts, { optional: isOptional }))
  }
  show('/usr')
  for (const path of PROGRAM_FOLDERS) {
    const stat = lstatSync(path, { throwIfNoEntry: false })
    if (stat?.isSymbolicLink()) skeleton.link(path, readlinkSync(path))
    else if (stat?.isDirectory()) show(path)
  }
  for (const [path, text] of Object.entries(USER_FILES)) skeleton.file(path, text)
  skeleton.file('/etc/hosts', hosts())
  for (const path of SETTINGS) if (existsSync(path)) show(path, true)
  for (const name of DEVICES) {
    skeleton.file(`/dev/${name}`)
    lines.push(deviceLine(`/dev/${name}`, skeleton.at(`/dev/${name}`), mounts))
  }
  for (const [name, descriptor] of Object.entries(DEVICE_LINKS)) {
    skeleton.link(`/dev/${name}`, `/proc/self/fd${descriptor}`)
  }
  skeleton.folder('/proc')
  lines.push(procLine(skeleton.at('/proc')))
  return lines
}

/**
 * The network is this machine's, so its names hold inside too. `sandbox.localdomain` is where Lambda
 * lets extensions listen.
 */
function hosts(): string {
  const own = '127.0.0.1 localhost sandbox.localdomain sandbox\n::1 localhost\n'
  return existsSync('/etc/hosts') ? `${own}${readFileSync('/etc/hosts', 'utf8')}` : own
}
