import { type Random, uuid } from './random.ts'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** Identifies one invocation; a UUID, the same in `context.awsRequestId`, logs and headers. */
export type RequestId = Branded<'RequestId'>
/** Identifies one sandbox for its whole life, across resets; 32 lower-case hex characters. */
export type SandboxId = Branded<'SandboxId'>

export const newRequestId = (random: Random): RequestId => uuid(random) as RequestId
export const newSandboxId = (random: Random): SandboxId => random.hex(16) as SandboxId

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Takes a caller's request id if it is a UUID, as Lambda does; otherwise `undefined`. */
export const asRequestId = (text: string | undefined): RequestId | undefined =>
  text !== undefined && UUID.test(text) ? (text as RequestId) : undefined
