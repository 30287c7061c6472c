import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readRows } from '../../../src/tabular/csv.ts'
import { withGuard, withoutGuard } from '../../../src/tabular/formula-guard.ts'
import { openOutputPlace } from '../../../src/tabular/output-place.ts'
import { useDatabase } from '../../support/database.ts'
import { failure, intakeOn } from '../../support/intake.ts'
import { scratchFolder } from '../../support/scratch.ts'

const db = useDatabase()
const { run, leadsOf, write } = intakeOn(db)
const folder = scratchFolder('rejects')
const own = (name: string) => {
  const path = join(folder, name)
  mkdirSync(path)
  return path
}
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

describe('cells that a spreadsheet program would calculate', () => {
  const CELLS = ['=1+1', '+5511', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', "'=1", "''=1", '="00123"']

  test.each([...CELLS, 'Ana', "'Ana'", '5511987650001', '', "'"])(
    '%j is a text in the file, and reads as it was',
    cell => {
      expect(withGuard(cell)).not.toMatch(/^\s*[=+\-@＝＋－＠]/)
      expect(withoutGuard(withGuard(cell))).toBe(cell)
    },
  )

  test('come back from a rejects file as they were, and a phone with its plus is imported from it', async () => {
    const header = 'telefone;=cmd;nome'
    const quoted = CELLS.map(cell => `"${cell.replaceAll('"', '""')}"`)
    const rows = quoted.map((cell, i) => `+5511 9${i};${cell};Ana`)
    const rejects = join(own('formulas'), 'r.csv')
    await run({ text: [header, '11987650001;;Bia', ...rows].join('\n'), rejects })
    const text = readFileSync(rejects, 'utf8')
    for await (const read of readRows(chunkOf(text), { file: 'r', delimiter: ';', separatorLine: null }))
      for (const { cells } of read) for (const cell of cells) expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠]|^[\t\r\n]/)
    const corrected = text.replace(/'\+5511 9(\d+)/g, (_, n) => `'+55119876501${String(n).padStart(2, '0')}`)
    const again = await run({ text: corrected })
    expect(again).toMatchObject({ rows: CELLS.length, pending: CELLS.length })
    const leads = (await leadsOf(again.id!)) as unknown as { source_line: number; variables: Record<string, string> }[]
    const plain = await run({
      text: [header, ...rows.map((row, i) => row.replace(/^[^;]+/, `11987650${100 + i}`))].join('\n'),
    })
    const expected = (await leadsOf(plain.id!)) as unknown as typeof leads
    const values = (of: typeof leads) => of.map(lead => lead.variables?.['=cmd'] ?? '')
    expect(values(leads)).toEqual(values(expected))
  })
})

describe('the file', () => {
  const REFUSED = 'fone\n123\n11987650001\n'

  test('is its owner’s alone, and nothing lies beside it', async () => {
    const place = own('mode')
    const rejects = join(place, 'r.csv')
    await run({ text: REFUSED, rejects })
    expect(modeOf(rejects)).toBe('600')
    expect(readdirSync(place)).toEqual(['r.csv'])
  })

  test('replaces none without a word', async () => {
    const place = own('taken')
    const rejects = join(place, 'precious.csv')
    writeFileSync(rejects, 'mine', { mode: 0o644 })
    const error = await failure(run({ text: REFUSED, rejects }))
    expect(error).toMatchObject({ code: 'FILE_EXISTS', message: `the file ${rejects} already exists` })
    expect(error.hint).toContain('--overwrite')
    expect(readFileSync(rejects, 'utf8')).toBe('mine')
    expect((await db.pool.query(`SELECT FROM "Campaign"`)).rowCount).toBe(0)
    await run({ text: REFUSED, rejects, overwrite: true })
    expect(readFileSync(rejects, 'utf8')).toContain('INVALID_PHONE')
    expect(modeOf(rejects)).toBe('600')
    expect(readdirSync(place)).toEqual(['precious.csv'])
  })

  test('that another process has made meanwhile stays as it is', async () => {
    const path = join(own('race'), 'r.csv')
    const place = await openOutputPlace(path, { overwrite: false, option: '--rejects' })
    writeFileSync(path, 'theirs')
    await expect(place.publish()).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    await place.handle.close()
    await place.discard()
    expect(readdirSync(join(folder, 'race'))).toEqual(['r.csv'])
    expect(readFileSync(path, 'utf8')).toBe('theirs')
  })

  test('goes through no link: what one points to stays as it is', async () => {
    const place = own('links')
    const precious = join(place, 'precious')
    writeFileSync(precious, 'mine')
    for (const target of [precious, join(place, 'nowhere')]) {
      const rejects = join(place, 'link.csv')
      symlinkSync(target, rejects)
      expect(await failure(run({ text: REFUSED, rejects }))).toMatchObject({ code: 'FILE_EXISTS' })
      expect(readlinkSync(rejects)).toBe(target)
      await run({ text: REFUSED, rejects, overwrite: true, again: true })
      await rm(rejects)
    }
    expect(readFileSync(precious, 'utf8')).toBe('mine')
    expect(readdirSync(place)).toEqual(['precious'])
  })

  test('is no file where there is a device or a descriptor, which stays one', async () => {
    await run({ text: REFUSED, rejects: '/dev/null' })
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
    expect(await failure(run({ text: REFUSED, rejects: '/dev/full', again: true }))).toMatchObject({
      code: 'DISK_FULL',
    })
    const script = `
      import { openOutputPlace } from ${JSON.stringify(PLACE)}
      const place = await openOutputPlace('/dev/stdout', { overwrite: true, option: '--rejects' })
      await place.handle.appendFile('rejects')
      await place.publish()`
    const redirected = join(own('stdout'), 'out')
    const child = spawn(
      'sh',
      ['-c', `"$0" --import tsx --input-type=module -e "$1" >> ${redirected}`, process.execPath, script],
      { stdio: 'inherit' },
    )
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(readFileSync(redirected, 'utf8')).toBe('rejects')
    expect(readdirSync(join(folder, 'stdout'))).toEqual(['out'])
  })
})

describe('of a camp that was killed', () => {
  test('nothing is left that others can read, nor past the next one with this path', async () => {
    const place = own('killed')
    const path = join(place, 'r.csv')
    const script = `
      import { openOutputPlace } from ${JSON.stringify(PLACE)}
      const place = await openOutputPlace(${JSON.stringify(path)}, { overwrite: false, option: '--rejects' })
      await place.handle.appendFile('123;Ana')
      console.log('written')
      setInterval(() => undefined, 1000)`
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script])
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(createInterface({ input: child.stdout }), 'line')
    const [draft] = readdirSync(place)
    expect(modeOf(join(place, draft!))).toBe('600')

    // Of one that lives its draft stays.
    const other = await openOutputPlace(path, { overwrite: false, option: '--rejects' })
    expect(readdirSync(place)).toContain(draft)
    await other.handle.close()
    await other.discard()

    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(readdirSync(place)).toEqual([draft])
    await run({ file: write('fone\n123\n'), rejects: path })
    expect(readdirSync(place)).toEqual(['r.csv'])
  })

  test('on another machine, what was not written to for a day', async () => {
    const place = own('elsewhere')
    const [fresh, old, others] = ['00000000-1-0123456789ab', '00000000-1-0123456789ac', '00000000-1-x'].map(name =>
      join(place, `.r.csv.camp-${name}.tmp`),
    )
    for (const file of [fresh!, old!, others!]) writeFileSync(file, '')
    for (const file of [old!, others!]) utimesSync(file, 0, 0)
    const opened = await openOutputPlace(join(place, 'r.csv'), { overwrite: false, option: '--rejects' })
    await opened.handle.close()
    await opened.discard()
    expect(readdirSync(place).map(name => join(place, name))).toEqual([fresh, others])
  })
})

const PLACE = fileURLToPath(new URL('../../../src/tabular/output-place.ts', import.meta.url))

async function* chunkOf(text: string) {
  yield text
}
