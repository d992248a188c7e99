import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { SandlotError } from '../../kernel/errors.ts'
import { TOOLS_PATH } from './holder.ts'

/** Part of the name: change it when the way of making them changes. */
const RECIPE = '1'

/**
 * The file that every sandbox's /tmp of this size is a copy of: an empty ext4 file system in a sparse
 * file, made once and kept in the cache.
 *
 * A file system of its own, and not a tmpfs, because what is written to a tmpfs counts against the
 * memory of who writes. No journal: it never has to survive anything.
 *
 * @throws SandlotError `SandboxUnavailable` with what the system said.
 */
export async function tmpTemplate(cachePath: string, sizeMb: number): Promise<string> {
  const path = join(cachePath, `tmp-${RECIPE}-${sizeMb}.ext4`)
  if (existsSync(path)) return path
  const building = `${path}.${process.pid}`
  const { failed, stderr } = await execa(
    'unshare',
    ['-m', '/bin/sh', '-c', SCRIPT, 'sandlot-template', building, String(sizeMb)],
    { env: { PATH: TOOLS_PATH }, extendEnv: false, cwd: '/', stdin: 'ignore', reject: false },
  )
  if (failed) {
    rmSync(building, { force: true })
    throw new SandlotError('SandboxUnavailable', `No image for /tmp could be made: ${stderr}`)
  }
  renameSync(building, path)
  return path
}

/**
 * What the file system needs for itself comes on top, so that the function gets the size it asked
 * for; how much that is shows once it is mounted, so it is made twice. The copy is sparser than the
 * original.
 */
const SCRIPT = `
set -e
image=$1 size=$2
make() {
  rm -f "$image.raw"
  truncate -s "$1" "$image.raw"
  mkfs.ext4 -q -F -O ^has_journal -E lazy_itable_init=1,nodiscard -m 0 "$image.raw"
}
mkdir "$image.mount"
trap 'rmdir "$image.mount"; rm -f "$image.raw"' EXIT
wanted=$((size * 1048576))
make $((wanted + wanted / 25 + 8388608))
mount -t ext4 -o loop "$image.raw" "$image.mount"
free=$(($(stat -f -c '%a * %S' "$image.mount")))
umount "$image.mount"
make $((wanted + wanted / 25 + 8388608 + (wanted - free)))
mount -t ext4 -o loop "$image.raw" "$image.mount"
rmdir "$image.mount/lost+found"
chmod 1777 "$image.mount"
umount "$image.mount"
cp --sparse=always "$image.raw" "$image"
`
