import type { SandboxId } from '../kernel/ids.ts'

/**
 * `YYYY/MM/DD/[version]<32 hex>`: the UTC date of the sandbox's creation, one stream per sandbox.
 * Source: AWS Lambda Developer Guide, "Using Lambda environment variables".
 */
export function logStreamName(createdMs: number, version: string, id: SandboxId): string {
  const date = new Date(createdMs).toISOString().slice(0, 10).replaceAll('-', '/')
  return `${date}/[${version}]${id}`
}
