export interface ArchivedFile {
  /** At most 100 bytes. */
  readonly name: string
  readonly content: Uint8Array
}

const BLOCK_BYTES = 512
const MAX_NAME_BYTES = 100

/** A tar archive of plain files, in the form that POSIX.1-1988 calls ustar. */
export function tar(files: readonly ArchivedFile[]): Uint8Array {
  const parts = files.flatMap(({ name, content }) => {
    const rest = content.length % BLOCK_BYTES
    const padding = Buffer.alloc(rest === 0 ? 0 : BLOCK_BYTES - rest)
    return [header(name, content.length), content, padding]
  })
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK_BYTES)])
}

function header(name: string, size: number): Uint8Array {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) {
    throw new Error(`'${name}' is too long a name for an archive: ${MAX_NAME_BYTES} bytes at most`)
  }
  const block = Buffer.alloc(BLOCK_BYTES)
  const octal = (value: number, at: number, digits: number): void => {
    block.write(value.toString(8).padStart(digits, '0'), at, 'latin1')
  }
  block.write(name, 0, 'utf8')
  octal(0o644, 100, 7)
  octal(0, 108, 7)
  octal(0, 116, 7)
  octal(size, 124, 11)
  octal(0, 136, 11)
  // The checksum counts as spaces in itself.
  block.write('        0', 148, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  )
  block[154] = 0
  return block
}
