import { Command } from '@commander-js/extra-typings'
import { importFile } from '../index.ts'
import type { ImportOptions } from './request.ts'

/** The command line of an import: to be copied into a shell. */
export function commandLine(file: string, options: ImportOptions): string {
  return wordsOf(file, options).join(' ')
}

/** The same over several lines, each at most `width` characters long if its words allow it. */
export function commandLines(file: string, options: ImportOptions, width: number): string[] {
  const lines: string[] = []
  for (const word of wordsOf(file, options)) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + word.length + 3 <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(lines.length === 0 ? word : `  ${word}`)
  }
  return lines.map((line, i) => (i < lines.length - 1 ? `${line} \\` : line))
}

/** Without the options that have their default. An option and its value are one word. */
function wordsOf(file: string, given: ImportOptions): string[] {
  const values: Readonly<Record<string, unknown>> = given
  const options = importFile(new Command()).options.flatMap(option => {
    const value = values[option.attributeName()]
    if (value === undefined || value === option.defaultValue || value === option.negate)
      return value === false && option.negate ? [option.long!] : []
    if (typeof value === 'boolean') return [option.long!]
    return (Array.isArray(value) ? value : [value]).map(one => `${option.long} ${shellWord(String(one))}`)
  })
  return ['camp campaign import', shellWord(file), ...options]
}

/** In double quotes, which cmd.exe knows too, unless a POSIX shell would expand something in them. */
function shellWord(text: string): string {
  if (/^[\p{L}\p{N}_@%+=:,./-]+$/u.test(text)) return text
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", `'\\''`)}'` : `"${text}"`
}
