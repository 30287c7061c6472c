import { describe, expect, it } from 'vitest'
import { undoDoubleEncoding } from '../../../src/legacy/dump/charset.ts'
import { readDump } from '../../../src/legacy/dump/read-dump.ts'

/** The rows of table t (columns a and b), with chunks of so many bytes. */
async function rowsOf(dump: string | Buffer, chunk = 7, name = 't') {
  const bytes = Buffer.from(dump)
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk)
  }
  const rows = []
  for await (const found of readDump(chunks(), new Map([[name, { table: name, columns: ['a', 'b'] }]])))
    rows.push(...found.rows)
  return rows
}

const insert = (values: string) => `INSERT INTO \`t\` (\`a\`, \`b\`) VALUES ${values};\n`

describe('a value of a dump', () => {
  it.each([
    [String.raw`'it\'s'`, "it's"],
    [`'it''s'`, "it's"],
    [`"say ""no"""`, 'say "no"'],
    [String.raw`'a\nb\tc\\d\0e\Z'`, 'a\nb\tc\\d\0e\x1a'],
    [String.raw`'50\% a\_b'`, String.raw`50\% a\_b`],
    [`'a;b),(c'`, 'a;b),(c'],
    [`'-- no comment /* here */'`, '-- no comment /* here */'],
    ['NULL', null],
    ['-12.50', '-12.50'],
    ['1e3', '1e3'],
    ['0x4A6F73C3A9', 'José'],
    [`x'4A6F73C3A9'`, 'José'],
    [`b'101'`, '5'],
    [`_binary 'José'`, 'José'],
    [`_utf8mb4'José'`, 'José'],
    [`N'José'`, 'José'],
    ['_binary 0x41', 'A'],
    ['TRUE', '1'],
    [`'😀'`, '😀'],
    [`''`, ''],
  ])('%s', async (written, value) => {
    for (const chunk of [1, 5, 1000])
      expect(await rowsOf(insert(`(1, ${written}),(2,${written})`), chunk)).toEqual([
        { a: '1', b: value },
        { a: '2', b: value },
      ])
  })

  it('that is an expression is refused, without its text', async () => {
    await expect(rowsOf(insert(`(1, NOW())`))).rejects.toMatchObject({ code: 'FILE_MALFORMED' })
    await expect(rowsOf(insert(`(1, 'secret' 'x')`))).rejects.toThrow(/^(?!.*secret)/)
  })
})

describe('a dump', () => {
  it('of mysqldump: columns from CREATE TABLE, comments, procedures and other tables are skipped', async () => {
    const dump = `-- MySQL dump 10.13  Distrib 8.0
-- it's a comment; with (signs)
/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS \`t\`;
CREATE TABLE \`t\` (
  \`b\` varchar(20) DEFAULT ';' COMMENT 'it''s (b)',
  \`x\` enum('a','b') NOT NULL,
  \`a\` bigint(20) NOT NULL AUTO_INCREMENT,
  PRIMARY KEY (\`a\`),
  KEY \`idx_b\` (\`b\`)
) ENGINE=InnoDB;
LOCK TABLES \`t\` WRITE;
INSERT INTO \`u\` VALUES (1,'INSERT INTO t VALUES (9,9,9);');
INSERT INTO \`t\` VALUES ('João','a',1),
(NULL,'b',2);
UNLOCK TABLES;
DELIMITER ;;
CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN INSERT INTO t VALUES ('no','a',3); END ;;
DELIMITER ;
REPLACE INTO t (a, b) VALUES (4, 'four') ON DUPLICATE KEY UPDATE b = 'x';
# end
-- Dump completed on 2026-11-30
`
    const expected = [
      { a: '1', b: 'João' },
      { a: '2', b: null },
      { a: '4', b: 'four' },
    ]
    for (const chunk of [1, 3, 64, 100_000]) expect(await rowsOf(dump, chunk)).toEqual(expected)
    await expect(rowsOf(dump.replace(/-- Dump completed.*/, ''))).rejects.toMatchObject({ code: 'FILE_DAMAGED' })
    await expect(rowsOf(dump.slice(0, dump.indexOf("'b',2")))).rejects.toMatchObject({ code: 'FILE_DAMAGED' })
  })

  it('in latin1 is read as Windows-1252, and another character set is refused', async () => {
    const latin1 = Buffer.from(`SET NAMES latin1;\n${insert(`(1, 'Jos\xe9 \x80')`)}`, 'latin1')
    expect(await rowsOf(latin1)).toEqual([{ a: '1', b: 'José €' }])
    await expect(rowsOf(`SET NAMES gbk;\n${insert('(1, 2)')}`)).rejects.toMatchObject({ code: 'FILE_UNSUPPORTED' })
  })

  it('without columns, or with rows of another width, is refused', async () => {
    await expect(rowsOf('INSERT INTO t VALUES (1, 2);')).rejects.toThrow('names no columns')
    await expect(rowsOf(insert('(1, 2, 3)'))).rejects.toThrow('3 values')
    await expect(rowsOf('INSERT INTO t SELECT 1, 2;')).rejects.toThrow('not INSERT … VALUES')
  })

  it('has rows of a table of another prefix in no other', async () => {
    expect(
      await rowsOf(`INSERT INTO db.\`t2\` (a, b) VALUES (1, 2);INSERT INTO "db"."t" (a, b) VALUES (3, 4);`),
    ).toEqual([{ a: '3', b: '4' }])
  })
})

it('undoes a second encoding, and nothing else', () => {
  expect(undoDoubleEncoding('JosÃ© â‚¬')).toBe('José €')
  for (const text of ['José', 'abc', 'São João', '日本', 'a?é']) expect(undoDoubleEncoding(text)).toBeUndefined()
})
