import { existsSync } from 'node:fs'
import { readLine, readText } from './read-line.ts'

/** The version of the hierarchy that limits what processes use. */
export function cgroupVersion(): 1 | 2 | null {
  if (existsSync('/sys/fs/cgroup/cgroup.controllers')) return 2
  return existsSync('/sys/fs/cgroup/memory') || existsSync('/sys/fs/cgroup/cpu') ? 1 : null
}

/** What containers leave lying about to be recognised by. */
const MARKS: Readonly<Record<string, string>> = {
  docker: '/.dockerenv',
  podman: '/run/.containerenv',
}

/** `false`: no sign of one. `null`: not Linux. */
export function container(): string | false | null {
  if (process.platform !== 'linux') return null
  const mark = Object.entries(MARKS).find(([, path]) => existsSync(path))?.[0]
  if (mark !== undefined) return mark
  const named = readLine('/run/systemd/container')
  if (named !== null && named !== '') return named
  return process.env.KUBERNETES_SERVICE_HOST === undefined ? false : 'kubernetes'
}

/** Only x86 tells. */
export function hypervisor(): boolean | null {
  const flags = /^flags\s*:(.*)$/m.exec(readText('/proc/cpuinfo') ?? '')?.[1]
  return flags === undefined ? null : / hypervisor( |$)/.test(flags)
}

export const clockSource = (): string | null =>
  readLine('/sys/devices/system/clocksource/clocksource0/current_clocksource')
