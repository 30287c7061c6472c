import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/**
 * The directions of imports (docs/architecture.md): cli → worker → features → database, queue, and the leaves that every room may
 * import. What a folder may import stands here, with the reason where it is not plain; types count like everything else.
 */
const LEAVES = [
  'clock',
  'config',
  'constant-time',
  'env-file',
  'error-codes',
  'errors',
  'files',
  'http',
  'language',
  'log',
  'log-events',
  'mask',
  'message',
  'recipient',
  'time',
  'uuid',
  'visible',
]

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  database: [],
  // Bytes become rows. It knows no table and no campaign.
  tabular: [],
  // The name of the schema that the queue's tables stand in, which the migrations make.
  queue: ['database'],

  // A broker's wire format and nothing else: its caller brings the leads and the credential.
  broker: [],
  // The simulated brokers: the other side of the wire.
  sandbox: [],

  security: ['broker', 'database'],
  // What campaigns are made with: wallets, brokers, templates and fish, and their rules.
  catalog: ['broker', 'budget', 'database', 'security'],
  // Which database this is and how far it has come: half of it stands outside the database, in a file or in Redis.
  installation: ['database', 'queue', 'security'],
  // How a campaign is sent: what a person types, its columns, its JSON. Dispatch and lifecycle read the columns.
  'campaign-settings': ['calendar'],
  // Every status, which may follow which, and their one writer, with its audit.
  lifecycle: ['database', 'security'],
  // A list's file becomes entries of one source.
  blocklist: ['database', 'security', 'tabular'],
  // What people answer: its meaning, its effect on the blocklist, and users' decisions.
  inbound: ['blocklist', 'broker', 'database', 'security'],
  // A day off that is removed: the batches that waited for its end are enqueued.
  calendar: ['database', 'lifecycle', 'security'],
  // The histories that it compares end in a lead's codes.
  budget: ['database', 'lifecycle', 'security'],
  dispatch: [
    ...['blocklist', 'broker', 'budget', 'calendar', 'campaign-settings', 'database', 'lifecycle', 'queue'],
    ...['security'],
  ],
  // A callback resolves what the dispatch left in doubt: cost, frequency cap, and the campaign's end with it.
  webhook: ['blocklist', 'broker', 'database', 'dispatch', 'inbound', 'lifecycle', 'security'],
  // Its actions plan, enqueue and finish; they send nothing. A broker's answer about a doubt goes the way of its callbacks.
  campaign: [
    ...['blocklist', 'broker', 'budget', 'calendar', 'campaign-settings', 'database', 'dispatch', 'installation'],
    ...['lifecycle', 'queue', 'security', 'webhook'],
  ],
  // An import makes a campaign, in the order of the dispatch's regions.
  intake: [
    ...['blocklist', 'broker', 'budget', 'campaign', 'campaign-settings', 'database', 'dispatch', 'lifecycle'],
    ...['security', 'tabular'],
  ],
  // A person's data, collected or replaced; leads that wait for them are cancelled.
  privacy: ['campaign', 'database', 'dispatch', 'lifecycle', 'security'],
  // What a view shows, as a table in a file.
  export: ['blocklist', 'campaign', 'security', 'tabular'],
  // An occurrence imports a file, and may approve the result.
  recurrence: [
    ...['broker', 'budget', 'campaign', 'campaign-settings', 'database', 'intake', 'lifecycle', 'security'],
    ...['tabular'],
  ],

  // A database to a file and back, by PostgreSQL's own programs.
  backup: ['database', 'installation', 'security'],
  // Looks at an installation, and changes nothing.
  doctor: ['broker', 'campaign', 'database', 'installation', 'queue', 'security'],
  // Units for systemd: it knows no database.
  service: [],
  // The old system's tables become wallets, credentials, budgets and archived campaigns.
  legacy: [...['blocklist', 'broker', 'budget', 'catalog', 'database', 'dispatch', 'lifecycle', 'security', 'tabular']],

  // Runs command lines for other machines; what runs one is handed to it.
  serve: ['security'],

  // The process that works: it puts the features together.
  worker: [
    ...['broker', 'calendar', 'campaign', 'database', 'dispatch', 'installation'],
    ...['queue', 'recurrence', 'security', 'webhook'],
  ],
  cli: [
    ...['backup', 'blocklist', 'broker', 'budget', 'calendar', 'campaign', 'campaign-settings', 'catalog', 'database'],
    ...[
      'dispatch',
      'doctor',
      'export',
      'inbound',
      'installation',
      'intake',
      'legacy',
      'lifecycle',
      'privacy',
      'queue',
      'recurrence',
      'sandbox',
      'security',
    ],
    ...['serve', 'service', 'tabular', 'webhook', 'worker'],
  ],
}

/** The rooms within a room; '.': the files beside them, which may import all of them. */
const WITHIN: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  dispatch: {
    model: [],
    record: [],
    pacing: [],
    send: ['model'],
    plan: ['model', 'pacing'],
    finish: ['send'],
    claim: ['finish', 'model', 'pacing', 'plan', 'record', 'send'],
    settle: ['claim', 'finish', 'model', 'pacing', 'plan', 'record', 'send'],
    closing: ['finish', 'model', 'pacing', 'plan', 'send', 'settle'],
    '.': ['claim', 'closing', 'finish', 'model', 'plan', 'record', 'send', 'settle'],
  },
  campaign: {
    '.': [],
    approval: ['.'],
    actions: ['.', 'approval'],
    doubt: ['.', 'actions', 'approval'],
    read: ['approval'],
  },
  blocklist: { '.': [], sync: ['.'] },
}

const SRC = fileURLToPath(new URL('../../src/', import.meta.url))

interface Import {
  from: string
  to: string
  /** "dispatch/claim/claim.ts → budget/money.ts" */
  what: string
  /** By `lazy`, when a command runs: the demo runs commands. */
  late: boolean
}

const imports: readonly Import[] = sourceFiles().flatMap(importsOf)

describe('imports point one way', () => {
  it('every folder is in the table, and every import that the table allows is made', () => {
    const folders = new Set(imports.flatMap(({ from, to }) => [from, to]).filter(name => !LEAVES.includes(name)))
    expect([...folders].sort()).toEqual(Object.keys(MAY_IMPORT).sort())
    for (const [from, allowed] of Object.entries(MAY_IMPORT)) {
      const made = imports.filter(one => one.from === from).map(one => one.to)
      expect(
        allowed.filter(to => !made.includes(to)),
        `allowed to ${from} and not needed`,
      ).toEqual([])
    }
  })

  it.each(Object.entries(MAY_IMPORT))('%s imports only what it may', (folder, allowed) => {
    const strangers = imports.filter(
      ({ from, to }) => from === folder && to !== folder && !LEAVES.includes(to) && !allowed.includes(to),
    )
    expect(strangers.map(one => one.what)).toEqual([])
  })

  it('leaves import only leaves', () => {
    const strangers = imports.filter(({ from, to }) => LEAVES.includes(from) && !LEAVES.includes(to))
    expect(strangers.map(one => one.what)).toEqual([])
  })

  it('folders have no import cycles', () => {
    expect(circleIn(MAY_IMPORT)).toBeUndefined()
  })

  it('a broker and the sandbox ask no setting, no file of ours and no log', () => {
    const asked = imports.filter(
      ({ from, to }) => ['broker', 'sandbox'].includes(from) && ['config', 'files', 'log'].includes(to),
    )
    expect(asked.map(one => one.what)).toEqual([])
  })

  it.each(Object.entries(WITHIN))('the rooms of %s import only what they may, and all of it', (top, rooms) => {
    const roomOf = (path: string) => (path.split('/').length > 2 ? path.split('/')[1]! : '.')
    const made = new Map<string, Set<string>>(Object.keys(rooms).map(room => [room, new Set()]))
    for (const { from, to, what } of imports) {
      if (from !== top || to !== top) continue
      const [a, b] = what.split(' → ').map(roomOf)
      if (a !== b) made.get(a!)!.add(b!)
    }
    for (const [room, found] of made) expect([room, [...found].sort()]).toEqual([room, [...rooms[room]!]])
    expect(circleIn(rooms)).toBeUndefined()
  })

  it('files have no import cycles', () => {
    const graph: Record<string, string[]> = {}
    for (const { what, late } of imports) {
      if (late) continue
      const [file, imported] = what.split(' → ') as [string, string]
      graph[file] = [...(graph[file] ?? []), imported]
    }
    expect(circleIn(graph)).toBeUndefined()
    expect(circleIn({ a: ['b'], b: ['c'], c: ['b'] })).toEqual(['b', 'c', 'b'])
  })
})

describe('cli knows neither SQL nor Prisma', () => {
  /** It opens and closes the connections: it loads what does so late, and names its types. */
  const OPENER = 'context.ts'
  const QUERIES = /^(?:pg|@prisma\/.*|.*\/database\/(?:pool|prisma|sql|copy|lock-order|generated\/.*)\.ts)$/
  const files = sourceFiles()
    .filter(file => file.startsWith(join(SRC, 'cli/')))
    .map(file => ({ name: relative(join(SRC, 'cli'), file), text: readFileSync(file, 'utf8') }))

  it('imports nothing that a query is written with, but what opens connections', () => {
    const importers = files.filter(({ text }) =>
      ts.preProcessFile(text, true, true).importedFiles.some(({ fileName }) => QUERIES.test(fileName)),
    )
    expect(importers.map(({ name }) => name)).toEqual([OPENER])
    const opener = importers[0]!.text
    const [statics] = opener.split('const ')
    expect(statics!.match(/^import (?!type ).*/gm)?.filter(line => QUERIES.test(/'(.*)'/.exec(line)![1]!))).toEqual([])
  })

  it('asks neither a pool nor Prisma anything, and holds no statement', () => {
    const asking =
      /\.query\(|\bprisma\.(?!ts')|\$(?:transaction|queryRaw|executeRaw)|\btransaction\(|`\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|SET|LOCK)\b/g
    const found = files.flatMap(({ name, text }) => (text.match(asking) ?? []).map(what => `${name}: ${what}`))
    expect(found).toEqual([`${OPENER}: prisma.`])
    expect(files.find(({ name }) => name === OPENER)!.text.match(/\bprisma\.(?!ts').*/g)).toEqual([
      'prisma.$disconnect())',
    ])
  })
})

it('in cli only lazy() loads a module late, and nothing waits for an import in between', () => {
  const files = sourceFiles().filter(file => file.startsWith(join(SRC, 'cli')))
  const found = files.map(file => readFileSync(file, 'utf8')).flatMap(text => text.match(/.*(?<!\w)import\(.*/g) ?? [])
  const late = found.filter(line => /lazy\(\(\) => import\('[^']+'\)\.then\(module => module\.\w+\)\)/.test(line))
  expect(late.length).toBeGreaterThan(50)
  expect(found.filter(line => !late.includes(line) && !/^ \* /.test(line))).toEqual([])
})

/** Without what Prisma generates. */
function sourceFiles(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts') && !path.startsWith(join('database', 'generated')))
    .map(path => join(SRC, path))
}

/** Static and dynamic imports, of types too, of our own modules. */
function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  return ts.preProcessFile(text, true, true).importedFiles.flatMap(({ fileName }) => {
    if (!fileName.startsWith('.')) return []
    const [from, to] = [relative(SRC, file), relative(SRC, join(dirname(file), fileName))]
    return [
      { from: folderOf(from), to: folderOf(to), what: `${from} → ${to}`, late: text.includes(`import('${fileName}')`) },
    ]
  })
}

/** The folder below src, or the name of a file that stands in none. */
function folderOf(path: string): string {
  return path.split('/')[0]!.replace(/\.ts$/, '')
}

/** @returns the folders of a circle, in their order */
function circleIn(graph: Readonly<Record<string, readonly string[]>>): string[] | undefined {
  const done = new Set<string>()
  const visit = (folder: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(folder)) return [...path.slice(path.indexOf(folder)), folder]
    if (done.has(folder)) return undefined
    for (const next of graph[folder] ?? []) {
      const circle = visit(next, [...path, folder])
      if (circle) return circle
    }
    done.add(folder)
    return undefined
  }
  for (const folder of Object.keys(graph)) {
    const circle = visit(folder, [])
    if (circle) return circle
  }
  return undefined
}
