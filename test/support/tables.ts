import { readFileSync } from 'node:fs'

/**
 * The cases of a table in fixtures/tables: a line each, its cells parted by tabs, under a line that names them. Lines that begin
 * with "# " and empty ones are remarks. \n, \t, \r and \uXXXX in a cell stand for the characters.
 */
export function tableCases<const Name extends string>(file: string, names: readonly Name[]): Record<Name, string>[] {
  const lines = readFileSync(`fixtures/tables/${file}`, 'utf8')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('# '))
  const [header, ...cases] = lines.map(line => line.split('\t'))
  const missing = names.filter(name => !header!.includes(name))
  if (missing.length > 0) throw new Error(`${file} has no column ${missing.join(', ')}`)
  const tooWide = cases.find(cells => cells.length > header!.length)
  if (tooWide) throw new Error(`${file}: ${tooWide.join(' | ')} has more cells than there are columns`)
  return cases.map(
    cells =>
      Object.fromEntries(names.map(name => [name, unescaped(cells[header!.indexOf(name)] ?? '')])) as Record<
        Name,
        string
      >,
  )
}

function unescaped(cell: string): string {
  return cell.replace(/\\(u[0-9a-f]{4}|[ntr])/gi, (_, code: string) =>
    code.length === 1 ? { n: '\n', t: '\t', r: '\r' }[code]! : String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  )
}
