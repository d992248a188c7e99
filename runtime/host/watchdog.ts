import { execa } from 'execa'

/**
 * Outlives the controller. It is told of each process group that runs in a sandbox; when its input
 * ends because the controller is gone, it kills those groups, stopped or busy, and what has left them
 * (see `stray-processes.ts`), and removes the controller's folder. A plain shell: it takes a
 * millisecond to start and a megabyte to keep.
 */
const SCRIPT = `
trap '' HUP INT QUIT TERM
groups=' '
while read -r verb group; do
  case "$verb" in
    add) groups="$groups$group " ;;
    del) case "$groups" in *" $group "*) groups="\${groups%% $group *} \${groups#* $group }" ;; esac ;;
    bye) exit 0 ;;
  esac
done
for group in $groups; do kill -9 -- "-$group" 2>/dev/null; done
for file in /proc/[0-9]*/environ; do
  pid=\${file#/proc/}
  pid=\${pid%/environ}
  [ "$pid" = $$ ] || ! grep -qF "=$1/" "$file" 2>/dev/null || kill -9 "$pid" 2>/dev/null
done
rm -rf "$1" 2>/dev/null || { sleep 1; rm -rf "$1"; }
shift
for try in 1 2 3 4 5; do
  for base; do rmdir "$base"/*/* "$base"/* "$base" 2>/dev/null; done
  for base; do [ ! -d "$base" ] || { sleep 1; continue 2; }; done
  exit 0
done
`

export interface Watchdog {
  add(groupId: number): void
  remove(groupId: number): void
  /** Ends it without any of its acts. */
  dismiss(): Promise<void>
}

/**
 * @param runPath the controller's folder, removed when the controller is gone.
 * @param controlGroupPaths directories of its control groups, removed with what is in them.
 */
export function startWatchdog(runPath: string, controlGroupPaths: readonly string[]): Watchdog {
  const subprocess = execa(
    '/bin/sh',
    ['-c', SCRIPT, 'sandlot-watchdog', runPath, ...controlGroupPaths],
    {
      stdin: 'pipe',
      stdout: 'ignore',
      stderr: 'ignore',
      // A session of its own: what interrupts the controller's terminal does not reach it.
      detached: true,
      cleanup: false,
      reject: false,
      extendEnv: false,
      env: { PATH: '/usr/bin:/bin' },
    },
  )
  const { stdin } = subprocess
  // Neither it nor its pipe keeps the controller running.
  subprocess.unref()
  if ('unref' in stdin) (stdin as { unref(): void }).unref()
  stdin.on('error', () => {})
  const tell = (line: string): void => void stdin.write(`${line}\n`)
  return {
    add: (groupId) => tell(`add ${groupId}`),
    remove: (groupId) => tell(`del ${groupId}`),
    dismiss: async () => {
      subprocess.ref()
      stdin.end('bye\n')
      await subprocess
    },
  }
}
