import { readEvent } from '../../event.ts'
import { UsageError } from '../../exit-codes.ts'
import { resolveTarget } from '../../target.ts'
import type { RequestTemplate, Signing } from './generator-messages.ts'
import { invokeRequest } from './invoke-request.ts'
import { checkFor, type LoadOptions } from './load-options.ts'
import type { LoadTarget } from './load-plan.ts'

const DEFAULT_ACCOUNT_CONCURRENCY = 1_000
/** No function runs longer than this. */
const LAMBDA_PATIENCE_MS = 900_000
const URL_PATIENCE_MS = 60_000

export interface NamedTarget {
  readonly target: LoadTarget
  /** What its template says of it and Sandlot does not honour. */
  readonly warnings: readonly string[]
}

type Variables = Readonly<Record<string, string | undefined>>

/**
 * What `<function|file|url>` means: a URL by itself; with `--endpoint` a function there; or else a
 * function that is to run here.
 *
 * @throws UsageError where it means nothing, or an option does not go with it.
 */
export function targetOf(named: string, options: LoadOptions, variables: Variables): NamedTarget {
  if (/^https?:\/\//i.test(named)) return { target: urlTarget(named, options), warnings: [] }
  if (options.endpoint !== undefined) {
    return { target: endpointTarget(named, options, variables), warnings: [] }
  }
  if (named.startsWith('arn:')) {
    throw new UsageError(
      `'${named}' is the name of a function elsewhere`,
      'Say where with --endpoint aws, or --endpoint http://….',
    )
  }
  return functionTarget(named, options)
}

function functionTarget(named: string, options: LoadOptions): NamedTarget {
  checkFor('function', options)
  const { timeout, memory, isolation, reserved, cpu, accountConcurrency } = options
  const { rates, keepAlive } = options
  const { input, warnings } = resolveTarget(named, {
    timeoutMs: timeout === undefined ? undefined : timeout * 1_000,
    memorySizeMb: memory,
    isolation,
  })
  return {
    warnings,
    target: {
      kind: 'function',
      label: named,
      input: { ...input, ...(reserved !== undefined && { reservedConcurrency: reserved }) },
      payload: readEvent(options.event ?? '{}'),
      cpu: cpu ?? 'proportional',
      accountConcurrency: accountConcurrency ?? DEFAULT_ACCOUNT_CONCURRENCY,
      rates: rates ?? 'lambda',
      ...(keepAlive !== undefined && { keepAlive }),
    },
  }
}

function endpointTarget(named: string, options: LoadOptions, variables: Variables): LoadTarget {
  checkFor('lambda', options)
  const { endpoint = '', region, timeout } = options
  const isAws = endpoint === 'aws'
  const origin = isAws ? `https://lambda.${region}.amazonaws.com` : originOf(endpoint)
  const payload = readEvent(options.event ?? '{}')
  const signing = isAws ? signingFrom(region, variables) : null
  return {
    kind: 'lambda',
    label: `${named} at ${isAws ? `AWS, ${region}` : origin}`,
    request: invokeRequest(origin, named, payload, signing),
    patienceMs: timeout === undefined ? LAMBDA_PATIENCE_MS : timeout * 1_000,
  }
}

function originOf(endpoint: string): string {
  const url = /^https?:\/\//i.test(endpoint) ? urlOf(endpoint) : undefined
  if (url !== undefined && url.pathname === '/' && url.search === '') return url.origin
  throw new UsageError(
    `--endpoint ${endpoint}: must be 'aws' or a server such as http://127.0.0.1:5000`,
  )
}

function signingFrom(region: string, variables: Variables): Signing {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = variables
  if (!accessKeyId || !secretAccessKey) {
    throw new UsageError(
      '--endpoint aws needs credentials',
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN where there is one.',
    )
  }
  return {
    region,
    accessKeyId,
    secretAccessKey,
    sessionToken: variables.AWS_SESSION_TOKEN || null,
  }
}

function urlTarget(named: string, options: LoadOptions): LoadTarget {
  if (options.endpoint !== undefined) {
    throw new UsageError(
      `--endpoint names the server of a function, and '${named}' is not the name of one`,
    )
  }
  checkFor('url', options)
  const url = urlOf(named)
  if (url === undefined) throw new UsageError(`'${named}' is not a URL`)
  const { method, header, event, timeout } = options
  const body = event === undefined ? '' : readEvent(event)
  const type: Record<string, string> = body === '' ? {} : { 'content-type': 'application/json' }
  const request: RequestTemplate = {
    answers: 'url',
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: method ?? (body === '' ? 'GET' : 'POST'),
    headers: { ...type, ...header },
    body,
    signing: null,
  }
  const patienceMs = timeout === undefined ? URL_PATIENCE_MS : timeout * 1_000
  return { kind: 'url', label: named, request, patienceMs }
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
