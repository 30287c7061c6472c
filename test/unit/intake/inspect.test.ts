import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { encode, toUtf8 } from '../../../src/intake/encoding.ts'
import { type InspectOptions, inspectFile } from '../../../src/intake/inspect.ts'

const folder = mkdtempSync(join(tmpdir(), 'camp-inspect-'))

describe('sees how a file is written', () => {
  test.each([
    ['bom-crlf.csv', { encoding: 'utf-8', bom: true, delimiter: ';', lineBreak: '\r\n' }],
    ['utf16le.csv', { encoding: 'utf-16le', bom: true, delimiter: '\t', lineBreak: '\r\n' }],
    ['utf16be-without-bom.csv', { encoding: 'utf-16be', bom: false, delimiter: ';', lineBreak: '\n' }],
    ['windows-1252.csv', { encoding: 'windows-1252', bom: false, delimiter: ';' }],
    ['comma-in-values.csv', { encoding: 'utf-8', delimiter: ';' }],
    ['pipe.csv', { delimiter: '|' }],
  ])('%s', async (name, expected) => {
    expect(await inspect(`fixtures/import/${name}`)).toMatchObject(expected)
  })

  test('hashes it', async () => {
    const { sha256, bytes } = await inspect(write('abc.csv', 'abc'))
    expect(sha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(bytes).toBe(3)
  })

  test('an accent in the last line decides as well as one in the first', async () => {
    const long = 'fone;nome\n'.repeat(100_000)
    expect(
      (await inspect(write('last-1252.csv', Buffer.concat([Buffer.from(long), Buffer.from([0xe3, 0x0a])])))).encoding,
    ).toBe('windows-1252')
    expect((await inspect(write('last-utf8.csv', `${long}ã\n`))).encoding).toBe('utf-8')
  })

  test('characters of two to four bytes may lie across the chunks in which it is read', async () => {
    for (let shift = 0; shift < 4; shift++) {
      const text = `${'x'.repeat(256 * 1024 - shift)}ã€😀\n`
      expect((await inspect(write(`cut-${shift}.csv`, text))).encoding).toBe('utf-8')
    }
    expect((await inspect(write('cut-end.csv', Buffer.from([0x61, 0xc3])))).encoding).toBe('windows-1252')
  })
})

describe('refuses what is no CSV', () => {
  test.each([
    ['empty.csv', '', /is empty/],
    ['blank.csv', '\ufeff \r\n', /is empty/],
    ['list.xlsx', 'PK\x03\x04\x14\x00\x06\x00\x08\x00[Content_Types].xml', /list\.xlsx is an \.xlsx file, not a CSV/],
    ['list.zip', 'PK\x03\x04\x14\x00\x06\x00\x08\x00list.csv', /is a \.zip file/],
    ['list.pdf', '%PDF-1.7', /is a PDF file/],
    ['list.csv.gz', gzipSync('fone\n1'), /is a gzip file/],
    ['list.xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /is an \.xls file/],
    ['web.xls', '<html><table>', /is an HTML or XML file/],
    ['binary.csv', 'fone;nome\n11987654321;A\x00na\n', /not a text file: byte 24 is NUL/],
  ])('%s', async (name, content, message) => {
    await expect(inspect(write(name, content))).rejects.toMatchObject({
      kind: 'DATA',
      message: expect.stringMatching(message),
    })
  })

  test('a file that is not there, and a folder', async () => {
    await expect(inspect(join(folder, 'nowhere.csv'))).rejects.toMatchObject({ kind: 'NOT_FOUND' })
    await expect(inspect(folder)).rejects.toMatchObject({ kind: 'DATA' })
  })

  test('a file in another encoding than was said', async () => {
    await expect(inspect('fixtures/import/windows-1252.csv', { encoding: 'utf-8' })).rejects.toMatchObject({
      kind: 'DATA',
    })
  })
})

describe('an encoding there and back', () => {
  const text = 'João “Zé” – 5 €… Ÿ\n'
  test.each(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const)('%s', async encoding => {
    expect(await decode(encode(text, encoding), encoding, 1)).toBe(text)
    expect(await decode(encode(text, encoding), encoding, 1_000)).toBe(text)
  })

  test('every byte of Windows-1252 comes back as it was', async () => {
    const all = Buffer.from(Array.from({ length: 255 }, (_, i) => i + 1))
    expect(encode(await decode(all, 'windows-1252', 16), 'windows-1252')).toEqual(all)
  })

  test('what PostgreSQL cannot hold is left out', async () => {
    expect(await decode(encode('a\u0000b', 'utf-16le'), 'utf-16le', 1)).toBe('ab')
    expect(await decode(Buffer.from([0x61, 0x00, 0x00, 0xd8, 0x62, 0x00]), 'utf-16le', 2)).toBe('a\ufffdb')
  })
})

function inspect(path: string, options: Partial<InspectOptions> = {}) {
  return inspectFile(path, { encoding: null, delimiter: null, signal: new AbortController().signal, ...options })
}

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(
    path,
    typeof content === 'string' && content.startsWith('PK') ? Buffer.from(content, 'latin1') : content,
  )
  return path
}

async function decode(bytes: Buffer, encoding: Parameters<typeof toUtf8>[1], size: number): Promise<string> {
  async function* cut() {
    for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
  }
  const parts: Buffer[] = []
  for await (const part of toUtf8(cut(), encoding)) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}
