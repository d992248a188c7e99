import type { Emulator } from '../emulator.ts'
import type { FunctionAlias } from '../functions/function-alias.ts'
import type { FunctionVersion } from '../functions/function-version.ts'
import { invariant } from '../kernel/invariant.ts'
import {
  type ControlOperation,
  type ControlRequest,
  controlRoute,
  refuseMembers,
  textIn,
} from './control-operation.ts'
import { functionConfiguration } from './function-configuration.ts'
import { pageOf } from './paging.ts'
import type { Route } from './router.ts'

/** Of a list of versions there are never more rows in one answer, whatever was asked for. */
const VERSIONS = { maxItems: 10_000, rows: 50 }
const ALIASES = { maxItems: 10_000, rows: 10_000 }

const VERSIONS_PATH = /^\/2015-03-31\/functions\/([^/]+)\/versions\/?$/
const ALIASES_PATH = /^\/2015-03-31\/functions\/([^/]+)\/aliases\/?$/
const ALIAS_PATH = /^\/2015-03-31\/functions\/([^/]+)\/aliases\/([^/]+)\/?$/

/** Versions and aliases. Source: AWS Lambda API reference, the operations of these names. */
export function versionRoutes(emulator: Emulator): Route[] {
  return [...ofVersions(emulator), ...ofAliases(emulator)].map((each) =>
    controlRoute(emulator, each),
  )
}

const ofVersions = (emulator: Emulator): ControlOperation[] => [
  {
    method: 'POST',
    pattern: VERSIONS_PATH,
    status: 201,
    answer: (request) => publishVersion(emulator, request),
  },
  {
    method: 'GET',
    pattern: VERSIONS_PATH,
    status: 200,
    answer: ({ functionName, query }) => {
      const { rows, next } = pageOf(emulator.versions(functionName), query, VERSIONS)
      return { Versions: rows.map(functionConfiguration), ...next }
    },
  },
]

function publishVersion(emulator: Emulator, { functionName, body }: ControlRequest): object {
  refuseMembers(body, 'PublishTo')
  const description = textIn(body, 'Description')
  const codeSha256 = textIn(body, 'CodeSha256')
  const revisionId = textIn(body, 'RevisionId')
  const published = emulator.publishVersion(functionName, {
    ...(description !== undefined && { description }),
    // The AWS CLI sends an empty one where none was given.
    ...(codeSha256 !== undefined && codeSha256 !== '' && { codeSha256 }),
    ...(revisionId !== undefined && { revisionId }),
  })
  const record = recordOf(emulator, functionName, published)
  return { ...functionConfiguration(record), State: 'Active', LastUpdateStatus: 'Successful' }
}

function recordOf(emulator: Emulator, functionName: string, published: FunctionVersion) {
  const record = emulator
    .versions(functionName)
    .find(({ version }) => version.version === published.version)
  invariant(record !== undefined, `version ${published.version} is not there`)
  return record
}

const ofAliases = (emulator: Emulator): ControlOperation[] => [
  {
    method: 'POST',
    pattern: ALIASES_PATH,
    status: 201,
    answer: ({ functionName, body }) =>
      told(emulator.createAlias(functionName, textIn(body, 'Name') as string, inputOf(body))),
  },
  {
    method: 'GET',
    pattern: ALIASES_PATH,
    status: 200,
    answer: (request) => listAliases(emulator, request),
  },
  {
    method: 'GET',
    pattern: ALIAS_PATH,
    status: 200,
    answer: ({ functionName, name }) => told(emulator.alias(functionName, name)),
  },
  {
    method: 'PUT',
    pattern: ALIAS_PATH,
    status: 200,
    answer: ({ functionName, name, body }) =>
      told(emulator.updateAlias(functionName, name, inputOf(body))),
  },
  {
    method: 'DELETE',
    pattern: ALIAS_PATH,
    status: 204,
    answer: ({ functionName, name }) => {
      emulator.deleteAlias(functionName, name)
      return undefined
    },
  },
]

function listAliases(emulator: Emulator, { functionName, query }: ControlRequest): object {
  const version = query.get('FunctionVersion')
  const wanted = emulator
    .aliases(functionName)
    .filter(({ functionVersion }) => version === null || functionVersion === version)
  const { rows, next } = pageOf(wanted, query, ALIASES)
  return { Aliases: rows.map(told), ...next }
}

/** A second version to share the calls with is refused: all of them would go to the first. */
function inputOf(body: ControlRequest['body']) {
  refuseMembers(body, 'RoutingConfig')
  const functionVersion = textIn(body, 'FunctionVersion')
  const description = textIn(body, 'Description')
  const revisionId = textIn(body, 'RevisionId')
  return {
    ...(functionVersion !== undefined && { functionVersion }),
    ...(description !== undefined && { description }),
    ...(revisionId !== undefined && { revisionId }),
  }
}

const told = ({ arn, name, functionVersion, description, revisionId }: FunctionAlias) => ({
  AliasArn: arn,
  Name: name,
  FunctionVersion: functionVersion,
  Description: description,
  RevisionId: revisionId,
})
