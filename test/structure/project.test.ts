import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Node } from 'oxc-parser'
import { describe, expect, it } from 'vitest'
import { nodesOf, parse } from './parsed.ts'
import { IMPORTABLE } from './rules/import-direction.ts'
import { filesIn, ROOT, readText } from './source.ts'

describe('the top of the project', () => {
  it('has the entries that it should have, and files whose names begin with a dot', () => {
    const ignored = readText('.gitignore').split('\n')
    const entries = readdirSync(ROOT, { withFileTypes: true })
      .map((entry) => entry.name + (entry.isDirectory() ? '/' : ''))
      .filter(
        (name) => !ignored.includes(name) && !name.startsWith('.') && !/\.(log|tgz)$/.test(name),
      )
    expect(entries.sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'cli/',
      'handlers/',
      'package-lock.json',
      'package.json',
      'runtime/',
      'test/',
      'tsconfig.json',
    ])
  })
})

describe('the lock file', () => {
  it('names no place that packages come from: whoever installs chooses the registry', () => {
    expect(readText('package-lock.json')).not.toMatch(/"resolved": "http/)
  })
})

describe('runtime/README.md', () => {
  const folders = readdirSync(join(ROOT, 'runtime'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)

  it('has a row for every folder, with what the import table allows', () => {
    const rows = [...readText('runtime/README.md').matchAll(/^\| `([a-z-]+)\/` \|.*\| (.*) \|$/gm)]
    const written = rows.map(([, folder, names = '']) => [folder, names.split(', ')])
    const allowed = folders.map((folder) => {
      const names = IMPORTABLE[folder]?.filter((name) => folders.includes(name)) ?? []
      return [folder, names.length === 0 ? ['–'] : names]
    })
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(allowed))
  })
})

const DOCUMENTS = [
  'README.md',
  'runtime/README.md',
  'runtime/SPECIFICATION.md',
  'runtime/FIDELITY.md',
  '.github/CONTRIBUTING.md',
]

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readText(document)
  const folder = join(document, '..')

  it('names only files that are there', () => {
    const named = [...text.matchAll(/`([\w./-]+\/[\w.-]+\.(?:[cm]?ts|yaml|md))`/g)].map(
      ([, path = '']) => path,
    )
    const isThere = (path: string): boolean =>
      [folder, '.'].some((base) => existsSync(join(ROOT, base, path)))
    expect(named.filter((path) => !isThere(path) && !isExample(path))).toEqual([])
  })

  it('links only to what is there', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(
      ([, path = '']) => path,
    )
    expect(links.filter((path) => !existsSync(join(ROOT, folder, path)))).toEqual([])
  })
})

/** In instructions: a file that the reader is to make. */
const isExample = (path: string): boolean => /\bmine\b/.test(path)

describe('the library', () => {
  const index = parse({ path: 'runtime/index.ts', text: readText('runtime/index.ts') })
  const exported = [...nodesOf(index.root)].flatMap(({ node }) =>
    node.type === 'ExportNamedDeclaration' ? exportsOf(node) : [],
  )

  it('exports what it is meant to export', () => {
    expect(exported.map(({ name, kind }) => `${kind} ${name}`).sort()).toEqual([
      'type AccountLimit',
      'type AliasInput',
      'type Allocation',
      'type Confinement',
      'type Emulator',
      'type EmulatorOptions',
      'type ErrorCode',
      'type Finding',
      'type FunctionAlias',
      'type FunctionConfig',
      'type FunctionInput',
      'type FunctionVersion',
      'type InvokeInput',
      'type InvokeResult',
      'type IsolationMode',
      'type OutcomeKind',
      'type Phase',
      'type PhaseName',
      'type PlatformEvent',
      'type ProvisionedConcurrency',
      'type PublishInput',
      'type Report',
      'type SandboxView',
      'type StartReason',
      'type ThrottleReason',
      'type VersionRecord',
      'value SandlotError',
      'value createEmulator',
      'value isSandlotError',
    ])
  })

  it('says of each export what it is', () => {
    const isDocumented = ({ name, source }: Export): boolean =>
      new RegExp(`\\*/\\nexport (async )?(class|const|function|interface|type) ${name}\\b`).test(
        readText(join('runtime', source)),
      )
    const silent = exported.filter((each) => !isDocumented(each))
    expect(silent.map(({ name, source }) => `${source} ${name}`)).toEqual([])
  })
})

interface Export {
  readonly name: string
  readonly kind: 'type' | 'value'
  readonly source: string
}

function exportsOf(node: Extract<Node, { type: 'ExportNamedDeclaration' }>): Export[] {
  return node.specifiers.map(({ exported, exportKind }) => ({
    name: exported.type === 'Literal' ? exported.value : exported.name,
    kind: node.exportKind === 'type' || exportKind === 'type' ? 'type' : 'value',
    source: node.source?.value ?? '',
  }))
}

describe('the tests', () => {
  it('are all found by the runner: their names end in .test.ts', () => {
    const strays = filesIn('test').filter(
      (path) => /[._](spec|tests?)\.[cm]?[jt]s$/.test(path) && !path.endsWith('.test.ts'),
    )
    expect(strays).toEqual([])
  })
})
