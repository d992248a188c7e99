import { describe, expect, it } from 'vitest'
import {
  isWithin,
  moved,
  planRootTree,
  type TreeFacts,
  type TreePlan,
} from '../../../runtime/host/isolation/root-tree-policy.ts'

function plan(facts: Partial<TreeFacts>): TreePlan {
  return planRootTree({
    rootDir: '/home/me/app/fn',
    moduleFolders: [],
    neededFolders: [],
    hasLinksOut: false,
    nodePath: '/usr/bin/node',
    bundlePath: undefined,
    bootstrapFolder: '/state/cache/bootstrap',
    hidden: ['/home/me', '/state'],
    shared: [],
    ...facts,
  })
}

/** What is bound at its own path. */
const own = (facts: Partial<TreeFacts>): string[] =>
  plan(facts).binds.flatMap(({ from, to }) => (from === to ? [to] : []))

describe('what a function sees', () => {
  it('is its code at /var/task and at its own path, the bootstrap, and its bundle', () => {
    expect(plan({ bundlePath: '/state/cache/bundle-1' })).toEqual({
      binds: [
        { from: '/home/me/app/fn', to: '/var/task' },
        { from: '/state/cache/bootstrap', to: '/var/runtime/bootstrap' },
        { from: '/state/cache/bundle-1', to: '/var/runtime/bundle' },
        { from: '/home/me/app/fn', to: '/home/me/app/fn' },
      ],
      masks: [],
      links: [],
      loadsFromSource: false,
      showsNode: true,
    })
  })

  it('is the whole project, which is the topmost folder with packages', () => {
    const moduleFolders = ['/ws/a/fn/node_modules', '/ws/a/node_modules', '/ws/node_modules']
    expect(own({ rootDir: '/ws/a/fn', moduleFolders })).toEqual(['/ws'])
    expect(own({ rootDir: '/ws/a/fn', moduleFolders: moduleFolders.slice(0, 1) })).toEqual([
      '/ws/a/fn',
    ])
  })

  it.each([
    ['the home folder', '/home/me'],
    ['a folder of homes', '/home'],
    ['the root', ''],
  ])('is only the packages of %s', (_what, folder) => {
    const shared = `${folder}/node_modules`
    const moduleFolders = ['/home/me/app/node_modules', shared]
    expect(own({ moduleFolders })).toEqual(['/home/me/app', shared].sort())
    expect(own({ moduleFolders: [shared] })).toEqual(['/home/me/app/fn', shared].sort())
  })

  it.each(['/tmp', '/var', '/var/tmp', '/opt', '/srv', '/mnt'])(
    'is only the packages of %s, which is shared',
    (folder) => {
      const moduleFolders = [`${folder}/node_modules`]
      const rootDir = `${folder}/fn`
      expect(own({ rootDir, moduleFolders })).toEqual([rootDir, ...moduleFolders])
    },
  )

  it('is only the packages of the temporary folder, and of one that holds a hidden one with the code', () => {
    expect(
      own({
        rootDir: '/scratch/fn',
        moduleFolders: ['/scratch/node_modules'],
        shared: ['/scratch'],
      }),
    ).toEqual(['/scratch/fn', '/scratch/node_modules'])
    expect(
      own({ rootDir: '/ws/me/fn', moduleFolders: ['/ws/node_modules'], hidden: ['/ws/me'] }),
    ).toEqual(['/ws/me/fn', '/ws/node_modules'])
  })

  it('is also what lies outside of the project and is needed, each once', () => {
    const facts = {
      rootDir: '/ws/a/fn',
      moduleFolders: ['/ws/a/node_modules'],
      neededFolders: ['/ws/lib', '/ws/a/lib', '/usr/lib/node_modules', '/ws/lib/node_modules'],
    }
    expect(own(facts)).toEqual(['/ws/a', '/ws/lib'])
  })

  it('is nothing twice that all see anyway', () => {
    const rootDir = '/usr/src/app'
    expect(own({ rootDir, moduleFolders: ['/usr/src/app/node_modules'] })).toEqual([])
    expect(own({ rootDir: '/var/task' })).toEqual(['/var/task'])
    expect(own({ rootDir: '/var/task/sub' })).toEqual([])
  })

  it.each(['/', '/tmp', '/etc', '/var', '/opt'])(
    'has %s, where that is its code, at /var/task only: at its own path is the sandbox’s own',
    (rootDir) => {
      expect(own({ rootDir })).toEqual([])
      expect(plan({ rootDir }).binds[0]).toEqual({ from: rootDir, to: '/var/task' })
    },
  )

  it('may be a home folder, where that is its code', () => {
    const facts = { rootDir: '/home/me', moduleFolders: ['/home/me/node_modules'] }
    expect(own(facts)).toEqual(['/home/me'])
  })
})

describe('a hidden folder', () => {
  it('is covered wherever something bound shows it', () => {
    const facts = { rootDir: '/ws/a', hidden: ['/ws/a/.state', '/home/me', '/usr/secret'] }
    expect(plan(facts).masks).toEqual(['/usr/secret', '/var/task/.state', '/ws/a/.state'])
  })

  it('is covered once, also when it holds another', () => {
    expect(plan({ rootDir: '/ws', hidden: ['/ws/h', '/ws/h/deep'] }).masks).toEqual([
      '/var/task/h',
      '/ws/h',
    ])
  })

  it('does not cover what is needed in it: that is bound in it again', () => {
    const nodePath = '/ws/home/.nvm/v20/bin/node'
    const facts = { rootDir: '/ws/a', moduleFolders: ['/ws/node_modules'], nodePath }
    expect(own({ ...facts, hidden: ['/ws/home'] })).toEqual(['/ws', '/ws/home/.nvm/v20'])
    expect(own({ ...facts, hidden: [] })).toEqual(['/ws'])
  })

  it('is not covered where it holds the code, or is a neighbour of like name', () => {
    expect(plan({ rootDir: '/ws/a', hidden: ['/ws', '/ws/a', '/ws/ab'] }).masks).toEqual([])
  })
})

describe('node', () => {
  it.each([
    ['/usr/local/bin/node', [], undefined],
    ['/home/me/.nvm/versions/v20/bin/node', ['/home/me/.nvm/versions/v20'], undefined],
    ['/home/me/bin/node', ['/home/me/bin'], undefined],
    ['/nix/store/abc-nodejs/bin/node', ['/nix/store'], undefined],
    ['/home/me/node', [], { from: '/home/me/node', to: '/var/lang/bin/node' }],
    ['/node', [], { from: '/node', to: '/var/lang/bin/node' }],
    ['/tmp/node', [], { from: '/tmp/node', to: '/var/lang/bin/node' }],
  ])('at %s is shown with no more than its installation', (nodePath, folders, bind) => {
    const { binds, links, showsNode } = plan({ nodePath, rootDir: '/ws/fn' })
    const paths = binds.flatMap(({ from, to }) => (from === to ? [to] : []))
    expect(paths).toEqual([...folders, '/ws/fn'])
    expect(binds.find(({ to }) => to === '/var/lang/bin/node')).toEqual(bind)
    expect(showsNode).toBe(bind === undefined)
    expect(links).toEqual([])
  })
})

describe('packages above the code', () => {
  const rootDir = '/ws/a/b/c'
  const [nearest, next, third] = ['/ws/a/b', '/ws/a', '/ws'].map((each) => `${each}/node_modules`)
  const at = (...moduleFolders: (string | undefined)[]) =>
    plan({ rootDir, moduleFolders: moduleFolders.filter((each) => each !== undefined) })

  it('are found above /var/task', () => {
    expect(at(`${rootDir}/node_modules`, next)).toMatchObject({
      links: [{ at: '/var/node_modules', to: next }],
      loadsFromSource: false,
    })
    expect(at(nearest, next)).toMatchObject({
      links: [
        { at: '/var/node_modules', to: nearest },
        { at: '/node_modules', to: next },
      ],
      loadsFromSource: false,
    })
  })

  it('in more than two folders make modules load from their own path', () => {
    expect(at(nearest, next, third).loadsFromSource).toBe(true)
  })

  it('make modules load from their own path where links of the code lead out of it', () => {
    expect(plan({ rootDir, hasLinksOut: true }).loadsFromSource).toBe(true)
    expect(plan({ rootDir: '/usr/src/app', hasLinksOut: true }).loadsFromSource).toBe(true)
    expect(plan({ rootDir: '/var/task', hasLinksOut: true }).loadsFromSource).toBe(false)
  })

  it('need no link to where they are already', () => {
    const root = plan({ rootDir: '/app/fn', moduleFolders: ['/app/node_modules', '/node_modules'] })
    expect(root.links).toEqual([{ at: '/var/node_modules', to: '/app/node_modules' }])
    expect(root.loadsFromSource).toBe(false)
  })

  it('make modules load from their own path where something else is in the place of a link', () => {
    const moduleFolders = ['/var/www/node_modules', '/var/node_modules']
    const www = plan({ rootDir: '/var/www/fn', moduleFolders })
    expect(www.loadsFromSource).toBe(true)
    expect(www.links).toEqual([{ at: '/node_modules', to: '/var/node_modules' }])
  })
})

describe('paths', () => {
  it('are compared by whole names', () => {
    expect(isWithin('/a/b', '/a')).toBe(true)
    expect(isWithin('/a', '/a')).toBe(true)
    expect(isWithin('/ab', '/a')).toBe(false)
    expect(isWithin('/a', '/')).toBe(true)
  })

  it('move from one folder to another', () => {
    expect(moved('/a/b/c', '/a', '/x')).toBe('/x/b/c')
    expect(moved('/a/b', '/', '/x')).toBe('/x/a/b')
    expect(moved('/a', '/a', '/x')).toBe('/x')
  })
})
