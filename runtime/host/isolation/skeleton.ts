import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Folders and files to mount on: what is made of them is what a sandbox sees. Everybody can read all
 * of it, whatever this process's umask.
 */
export class Skeleton {
  readonly root: string
  readonly #made = new Set<string>()

  /** @param root absolute, a real path; made when it is not there. */
  constructor(root: string) {
    this.root = root
    this.folder('/')
  }

  /** Where a path of the sandbox is on this machine. */
  at(path: string): string {
    return join(this.root, path)
  }

  folder(path: string): void {
    if (this.#made.has(path)) return
    if (path !== '/') this.folder(dirname(path))
    mkdirSync(this.at(path), { recursive: true })
    chmodSync(this.at(path), 0o755)
    this.#made.add(path)
  }

  file(path: string, text = ''): void {
    this.folder(dirname(path))
    writeFileSync(this.at(path), text)
    chmodSync(this.at(path), 0o644)
  }

  link(path: string, to: string): void {
    this.folder(dirname(path))
    symlinkSync(to, this.at(path))
  }
}
