import type { Emulator } from '../emulator.ts'
import type { ProvisionedConcurrency } from '../functions/concurrency-settings.ts'
import type { FunctionVersion } from '../functions/function-version.ts'

type Source = Pick<
  Emulator,
  'functionConcurrency' | 'versions' | 'aliases' | 'provisionedConcurrencies'
>

/** A function as a person wants to see it: what it is, its versions, and its share of concurrency. */
export function describeFunction(emulator: Source, { config, arn }: FunctionVersion) {
  const { name, logicalId } = config
  return {
    name,
    logicalId: logicalId ?? null,
    arn,
    handler: config.handler,
    runtime: config.runtime ?? `nodejs${process.versions.node.split('.')[0]}.x`,
    memorySizeMb: config.memorySizeMb,
    timeoutSeconds: config.timeoutMs / 1_000,
    isolation: config.isolation,
    ...describeConcurrency(emulator, name),
    invoke: `POST /lambda/${logicalId ?? name}`,
  }
}

/** The numbers that were published, each alias with the version it points to, and what is promised. */
export function describeConcurrency(emulator: Source, name: string) {
  const [, ...published] = emulator.versions(name).map(({ version }) => version.version)
  const aliases = emulator.aliases(name).map((alias) => [alias.name, alias.functionVersion])
  return {
    versions: published,
    aliases: Object.fromEntries(aliases) as Record<string, string>,
    reservedConcurrency: emulator.functionConcurrency(name) ?? null,
    provisionedConcurrency: emulator.provisionedConcurrencies(name).map(describeProvisioned),
  }
}

const describeProvisioned = (provisioned: ProvisionedConcurrency) => ({
  qualifier: provisioned.qualifier,
  version: provisioned.version,
  requested: provisioned.requested,
  allocated: provisioned.allocated,
  status: provisioned.status,
  statusReason: provisioned.statusReason ?? null,
})
