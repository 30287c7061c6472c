import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { encode, toText } from '../../../src/tabular/encoding.ts'
import { type InspectOptions, inspectFile } from '../../../src/tabular/inspect.ts'
import { scratchFolder } from '../../support/scratch.ts'

const folder = scratchFolder('inspect')

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

  test.each<[string, Buffer, string]>([
    ['few-torn.csv', Buffer.concat([Buffer.from('nome\nJosé\nÂngela\n'), Buffer.from([0xc3, 0x0a])]), 'utf-8'],
    ['mostly-latin.csv', Buffer.from('nome\nJos\xe9\nJo\xe3o\nAnt\xf4nio\n\xc3\xa9', 'latin1'), 'windows-1252'],
    ['quotes-1252.csv', Buffer.from('nome\n\x93ok\x94 D\x92Avila 5\x80\n', 'latin1'), 'windows-1252'],
    ['degree-1252.csv', Buffer.from('n\xba;5\xa2\n', 'latin1'), 'windows-1252'],
    ['dos.csv', Buffer.from('nome\nJos\x82 Concei\x87\xc6o\n', 'latin1'), 'cp850'],
    ['dos-joao.csv', Buffer.from('nome;telefone\nJO\xc7O;119\n', 'latin1'), 'cp850'],
    ['dos-sebastiao.csv', Buffer.from('nome\nSEBASTI\xc7O\n', 'latin1'), 'cp850'],
    ['dos-magalhaes.csv', Buffer.from('nome\nANA MAGALH\xc7ES\nGALV\xc7O', 'latin1'), 'cp850'],
    ['cedilla-1252.csv', Buffer.from('nome\nLOUREN\xc7O\nBRA\xc7O\nCORTI\xc7O\nPO\xc7O\n', 'latin1'), 'windows-1252'],
    ['cedilla-tilde-1252.csv', Buffer.from('nome\nCONCEI\xc7\xc3O GON\xc7ALVES\n', 'latin1'), 'windows-1252'],
  ])('%s: what most of its accents are decides', async (name, bytes, encoding) => {
    expect((await inspect(write(name, bytes))).encoding).toBe(encoding)
  })

  test('a NUL among a thousand bytes is left out, and said', async () => {
    const text = `fone;nome\n${'11987654321;Ana\n'.repeat(100)}11;A\0na\n`
    expect(await inspect(write('nul.csv', text))).toMatchObject({
      encoding: 'utf-8',
      notes: [expect.stringContaining('a NUL byte')],
    })
  })

  test('quotes behind a backslash are seen wherever they stand, and a backslash at the end of a cell is none', async () => {
    const long = '"fone";"nome"\n'.repeat(30_000)
    const of = async (text: string) => (await inspect(write('mysql.csv', text))).backslashQuotes
    expect(await of(`${long}"1";"Ana \\"Nina\\" Lima"\n`)).toBe(true)
    expect(await of(`${long}"1";"C:\\"\n"2";"x""y"\n`)).toBe(false)
  })

  test('characters of two to four bytes may lie across the chunks in which it is read', async () => {
    for (let shift = 0; shift < 4; shift++) {
      const text = `${'x'.repeat(256 * 1024 - shift)}ã€😀\n`
      expect((await inspect(write(`cut-${shift}.csv`, text))).encoding).toBe('utf-8')
    }
    expect((await inspect(write('cut-end.csv', Buffer.from([0x61, 0xc3])))).encoding).toBe('windows-1252')
  })
})

describe('a gzip', () => {
  const text = 'telefone;nome\r\n11987654321;João\r\n'

  test('is known by its bytes, not by its name, and read as what it holds', async () => {
    const latin = encode(text, 'windows-1252')
    const source = await inspect(write('list.csv', gzipSync(latin)))
    expect(source).toMatchObject({ format: 'csv.gz', encoding: 'windows-1252', delimiter: ';', lineBreak: '\r\n' })
    expect(source.bytes).toBe(gzipSync(latin).length)
  })

  test('of the same content is the same file, whenever it was packed', async () => {
    const plain = await inspect(write('plain.csv', text))
    const packed = await inspect(write('packed.csv.gz', gzipSync(text, { level: 1 })))
    const apart = await inspect(
      write('apart.gz', Buffer.concat([gzipSync(text.slice(0, 20)), gzipSync(text.slice(20))])),
    )
    expect([packed.sha256, apart.sha256]).toEqual([plain.sha256, plain.sha256])
  })

  const long = gzipSync(Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 251)).toString('latin1'))
  test.each<[string, Buffer, RegExp]>([
    ['cut.csv.gz', long.subarray(0, long.length >> 1), /cut\.csv\.gz is truncated: its gzip is incomplete/],
    ['no-end.csv.gz', gzipSync(text).subarray(0, -4), /is truncated: its gzip is incomplete/],
    ['head.csv.gz', gzipSync(text).subarray(0, 5), /is truncated: its gzip is incomplete/],
    ['flipped.csv.gz', flipped(gzipSync(text), -6), /is damaged: its gzip cannot be unpacked/],
    ['empty.csv.gz', gzipSync(''), /is empty/],
    ['twice.csv.gz', gzipSync(gzipSync(text)), /is a gzip within a gzip/],
    ['book.xlsx.gz', gzipSync('PK\x03\x04'), /is a gzip that contains a \.zip or \.xlsx/],
    ['bomb.csv.gz', gzipSync(Buffer.alloc(100 * 1024 * 1024, 'fone\n')), /unpacks to more than 250 times its size/],
  ])('refuses %s', async (name, bytes, message) => {
    await expect(inspect(write(name, bytes))).rejects.toMatchObject({
      kind: 'DATA',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/\w/),
    })
  })
})

describe('a first line that names the delimiter', () => {
  test.each([
    ['sep=|\r\nfone|a;b;c;d\r\n1|2', '|', 'sep=|'],
    ['"sep=;"\nfone;nome\n1;2', ';', '"sep=;"'],
    ['SEP=\t\nfone\tnome\n', '\t', 'SEP=\t'],
    ['\ufeffsep=,,,,\nfone,nome\n', ',', 'sep=,,,,'],
    ['sep\n1\n', ';', null],
  ])('%j', async (text, delimiter, separatorLine) => {
    expect(await inspect(write('sep.csv', text))).toMatchObject({ delimiter, separatorLine })
  })

  test('gives way to --delimiter, and may not name what camp does not read', async () => {
    const file = write('sep.csv', 'sep=;\nfone|nome\n')
    expect(await inspect(file, { delimiter: '|' })).toMatchObject({ delimiter: '|', separatorLine: 'sep=;' })
    await expect(inspect(write('sep.csv', 'sep=^\nfone^nome\n'))).rejects.toMatchObject({ code: 'FILE_UNSUPPORTED' })
  })
})

test('--sheet for a text is a mistake', async () => {
  await expect(inspect('fixtures/import/pipe.csv', { sheet: 'Plan1' })).rejects.toMatchObject({
    code: 'OPTION_NOT_APPLICABLE',
  })
})

describe('refuses what is no CSV', () => {
  test.each([
    ['empty.csv', '', /is empty/],
    ['blank.csv', '\ufeff \r\n', /is empty/],
    ['list.xlsx', 'PK\x03\x04\x14\x00\x06\x00\x08\x00[Content_Types].xml', /list\.xlsx is damaged or truncated/],
    ['list.pdf', '%PDF-1.7', /is a PDF file/],
    ['list.xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /list\.xls is an \.xls file, not a CSV or \.xlsx/],
    ['book.xls', oleFile('Workbook'), /is an \.xls file/],
    ['secret.xlsx', oleFile('EncryptedPackage'), /secret\.xlsx is protected by a password/],
    ['web.xls', '<html><table>', /is an HTML or XML file/],
    ['commented.xls', '<!-- Relatório -->\n <TABLE border=1><tr>', /is an HTML or XML file/],
    ['meta.xls', '<meta http-equiv="Content-Type" content="text/html"><table>', /is an HTML or XML file/],
    ['wide.xls', Buffer.from('\ufeff<html><table>', 'utf16le'), /is an HTML or XML file/],
    ['archive.xls', 'MIME-Version: 1.0\r\nContent-Type: multipart/related', /is an HTML or XML file/],
    ['2003.xml', '\ufeff<?xml version="1.0"?><Workbook>', /is an HTML or XML file/],
    ['biff2.xls', Buffer.from('0900040002001000', 'hex'), /is an \.xls file/],
    ['biff5.xls', Buffer.from('0908080000050500', 'hex'), /is an \.xls file/],
    ['list.rtf', '{\\rtf1\\ansi', /is an RTF file/],
    ['list.csv', Buffer.from('Rar!\x1a\x07\x01\0', 'latin1'), /is a \.rar file/],
    ['list.7z', Buffer.from('7z\xbc\xaf\x27\x1c', 'latin1'), /is a \.7z file/],
    ['foto.xlsx', Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF', 'latin1'), /is an image file/],
    ['binary.csv', 'fone;nome\n11987654321;A\x00na\n', /not a text file: byte 24 is NUL/],
  ])('%s', async (name, content, message) => {
    await expect(inspect(write(name, content))).rejects.toMatchObject({
      kind: 'DATA',
      message: expect.stringMatching(message),
    })
  })

  test('a file that is not there, and a folder', async () => {
    await expect(inspect(join(folder, 'nowhere.csv'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
    await expect(inspect(folder)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  })

  test('a file in another encoding than was said', async () => {
    await expect(inspect('fixtures/import/windows-1252.csv', { encoding: 'utf-8' })).rejects.toMatchObject({
      code: 'FILE_NOT_TEXT',
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

function flipped(bytes: Buffer, at: number): Buffer {
  bytes[bytes.length + at]! ^= 0xff
  return bytes
}

/** An OLE container as old Excel and Office's encryption write it: a header, and a directory in its second sector. */
function oleFile(stream: string): Buffer {
  const bytes = Buffer.alloc(2048)
  bytes.write('d0cf11e0a1b11ae1', 'hex')
  bytes.writeUInt16LE(9, 30)
  bytes.writeUInt32LE(1, 48)
  bytes.write('Root Entry', 1024, 'utf16le')
  bytes.write(stream, 1152, 'utf16le')
  return bytes
}

function inspect(path: string, options: Partial<InspectOptions> = {}) {
  return inspectFile(path, {
    encoding: null,
    delimiter: null,
    sheet: null,
    signal: new AbortController().signal,
    ...options,
  })
}

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(
    path,
    typeof content === 'string' && content.startsWith('PK') ? Buffer.from(content, 'latin1') : content,
  )
  return path
}

async function decode(bytes: Buffer, encoding: Parameters<typeof toText>[1], size: number): Promise<string> {
  async function* cut() {
    for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
  }
  let text = ''
  for await (const part of toText(cut(), encoding)) text += part
  return text
}
