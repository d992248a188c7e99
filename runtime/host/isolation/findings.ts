import type { Machine } from './machine.ts'

/** How one concern is dealt with on this machine. */
export interface Finding {
  readonly concern: string
  /** `strongest` of what Sandlot knows, something `weaker`, or nothing at all. */
  readonly level: 'strongest' | 'weaker' | 'none'
  /** What is enforced, and how; one line. */
  readonly how: string
  /** What would make it stronger; absent where nothing would. */
  readonly stronger?: string | undefined
}

/** All that sandboxes which are processes are kept from, concern by concern. */
export function findingsOf(machine: Machine): Finding[] {
  return [
    fileSystem(machine),
    tmp(machine),
    memory(machine),
    cpu(machine),
    processes(machine),
    {
      concern: 'descriptors',
      level: 'strongest',
      how: '1,024 open files each, no core dumps (rlimits)',
    },
    freezing(machine),
    identity(machine),
    ending(machine),
    network(machine),
  ]
}

/** What threads are not kept from; they are a choice, not a level. */
export const THREAD_LIMITS =
  'threads share the process of the controller: only their heap is limited, and their time'

function fileSystem({ mode, reasons }: Machine): Finding {
  const concern = 'file system'
  if (mode !== 'plain') {
    const how =
      'code at /var/task read-only, /tmp its own, all else read-only or not there (mount namespace)'
    return { concern, level: 'strongest', how }
  }
  const how = 'a folder of its own as TMPDIR; the handler may read and write what you may'
  return { concern, level: 'none', how, stronger: namespacesHelp(reasons.namespaces) }
}

function tmp({ tmp: kind, mode, reasons }: Machine): Finding {
  const concern = '/tmp size'
  if (kind === 'image') {
    return {
      concern,
      level: 'strongest',
      how: 'a file system of that size: ENOSPC, and not counted as memory',
    }
  }
  if (kind === 'tmpfs') {
    const how = 'a tmpfs of that size: ENOSPC; what is written there is memory of the machine'
    return {
      concern,
      level: 'weaker',
      how,
      stronger: help('run as root with loop devices', reasons.tmp),
    }
  }
  const how = 'watched every 50 ms; a function that exceeds it is killed'
  return {
    concern,
    level: 'weaker',
    how,
    stronger: mode === 'plain' ? namespacesHelp(reasons.namespaces) : undefined,
  }
}

function memory({ limited, canWatch, controlGroups, reasons }: Machine): Finding {
  const concern = 'memory'
  if (limited.memory) {
    const how = `the whole process tree, by the kernel (cgroup v${controlGroups?.controllers.memory})`
    return { concern, level: 'strongest', how }
  }
  if (!canWatch) return unwatched(concern, 'only the heap of V8 is limited')
  const how = 'watched over the process tree, and a limit on V8’s heap; exceeding it kills'
  return {
    concern,
    level: 'weaker',
    how,
    stronger: groupsHelp(controlGroups?.missing.memory ?? reasons.controlGroups),
  }
}

function cpu({ limited, canWatch, controlGroups, reasons }: Machine): Finding {
  const concern = 'CPU'
  const share = 'memory / 1,769 MB of a CPU after init'
  if (limited.cpu) {
    const how = `${share}: quota in periods of 20 ms (cgroup v${controlGroups?.controllers.cpu})`
    return { concern, level: 'strongest', how }
  }
  if (!canWatch) return unwatched(concern, 'not limited')
  const how = `${share}: stopped and continued by the time it has used, coarser than a quota`
  return {
    concern,
    level: 'weaker',
    how,
    stronger: groupsHelp(controlGroups?.missing.cpu ?? reasons.controlGroups),
  }
}

function processes(machine: Machine): Finding {
  const { limited, canLimitProcesses, canWatch, controlGroups, reasons } = machine
  const concern = 'processes'
  if (limited.processes) {
    const by = canLimitProcesses
      ? 'rlimit of its user namespace'
      : `cgroup v${controlGroups?.controllers.pids}`
    const how = `1,024 processes and threads, by the kernel (${by})`
    return { concern, level: 'strongest', how }
  }
  if (!canWatch) return unwatched(concern, 'not limited')
  const how = '1,024 processes and threads, counted every 50 ms; exceeding it kills'
  return {
    concern,
    level: 'weaker',
    how,
    stronger: groupsHelp(controlGroups?.missing.pids ?? reasons.controlGroups),
  }
}

function freezing({ controlGroups, mode, reasons }: Machine): Finding {
  const concern = 'freezing'
  if (controlGroups?.controllers.core === true) {
    return { concern, level: 'strongest', how: 'all of it at once (cgroup freezer)' }
  }
  const how =
    mode === 'plain'
      ? 'SIGSTOP to its process group and to what has left it'
      : 'SIGSTOP to every process in its namespace'
  return {
    concern,
    level: 'weaker',
    how,
    stronger: groupsHelp(controlGroups?.missing.core ?? reasons.controlGroups),
  }
}

function identity({ mode, reasons }: Machine): Finding {
  const concern = 'identity'
  if (mode === 'root') {
    return {
      concern,
      level: 'strongest',
      how: 'user 993 without capabilities, clean environment, no inherited descriptors',
    }
  }
  if (mode === 'user') {
    return {
      concern,
      level: 'strongest',
      how: 'user 993 of a user namespace, clean environment, no inherited descriptors',
    }
  }
  const how = 'your own user; clean environment, no inherited descriptors'
  return { concern, level: 'none', how, stronger: namespacesHelp(reasons.namespaces) }
}

function ending({ mode, reasons }: Machine): Finding {
  const concern = 'nothing left running'
  if (mode !== 'plain') {
    const how = 'a pid namespace: it sees its own processes only, and they end with it, daemons too'
    return { concern, level: 'strongest', how }
  }
  const how = 'its process group, its descendants and what carries its environment are killed'
  return { concern, level: 'weaker', how, stronger: namespacesHelp(reasons.namespaces) }
}

function network({ canOwnNetwork, mode, reasons }: Machine): Finding {
  const concern = 'network'
  if (canOwnNetwork) {
    return {
      concern,
      level: 'strongest',
      how: 'host (default) or none: loopback only (network namespace)',
    }
  }
  const stronger =
    mode === 'plain'
      ? namespacesHelp(reasons.namespaces)
      : help('install iproute2', reasons.network)
  return { concern, level: 'none', how: "this machine's; 'none' is refused", stronger }
}

const unwatched = (concern: string, how: string): Finding => ({
  concern,
  level: 'none',
  how: `${how}: this system does not show what processes use`,
  stronger: 'run on Linux',
})

const namespacesHelp = (reason: string | undefined): string =>
  help('allow user namespaces, or run as root on Linux', reason)

const groupsHelp = (reason: string | undefined): string => help('run as root with cgroups', reason)

const help = (what: string, reason: string | undefined): string =>
  reason === undefined ? what : `${what} (now: ${reason})`
