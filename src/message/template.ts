import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { type Field, fieldOf, plainName } from '../recipient/field-names.ts'
import { indexOf, type NamedColumn } from './column-index.ts'

/** The values of a lead that a text can name: its own columns, and the file's others. */
export interface LeadColumns {
  phone: string
  nome: string | null
  cpf_cnpj: string | null
  idcob_contrato: string | null
  variables: Readonly<Record<string, string>> | null
}

export interface CompiledText {
  /** The text with each placeholder spelled as the lead's column: this is stored. */
  text: string
  /** Each column that it names, once. */
  names: readonly string[]
  /** The text before, between and after its placeholders. */
  literals: readonly string[]
  /** The text with the result of `valueIn` for each column. */
  fill: (valueIn: (name: string) => string) => string
  /** The text for this lead, or the first column it names that is empty here. */
  render: (lead: LeadColumns) => { text: string; missing?: undefined } | { text?: undefined; missing: string }
}

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g

/**
 * A text with {{column}} placeholders, in any case and with or without accents.
 * @param columns the file's, to check the names against; absent: a text that was checked at its import
 * @throws CampError DATA: a placeholder that names no column, listing the existing ones; one that is not closed
 */
export function compileText(source: string, columns?: readonly NamedColumn[]): CompiledText {
  const text = columns
    ? source.replace(PLACEHOLDER, (_, name: string) => `{{${resolve(name.trim(), columns)}}}`)
    : source
  const parts = text.split(PLACEHOLDER).map((part, i) => (i % 2 === 0 ? part : part.trim()))
  const unclosed = columns && unclosedIn(source)
  if (unclosed !== undefined) {
    throw new CampError(
      'MESSAGE_INVALID',
      t`the message has a placeholder that is not closed, or not of two braces: ${unclosed}`,
      {
        hint: t`Write placeholders as {{nome}}.`,
      },
    )
  }
  const names = [...new Set(parts.filter((_, i) => i % 2 === 1))]
  const literals = parts.filter((_, i) => i % 2 === 0)
  const fill = (valueIn: (name: string) => string) =>
    parts.map((part, i) => (i % 2 === 0 ? part : valueIn(part))).join('')
  return {
    text,
    names,
    literals,
    fill,
    render: lead => {
      const missing = names.find(name => columnValue(lead, name) === '')
      return missing === undefined ? { text: fill(name => columnValue(lead, name)) } : { missing }
    },
  }
}

/** The first unbalanced braces, as they are written: {{nome}, nome}}, a third one ({{{nome}}}), or {{ }} without a name. */
export function unclosedIn(source: string): string | undefined {
  return /\{\{|\}\}/.test(source)
    ? UNCLOSED.exec(source.replace(WHOLE, (written, name: string) => (name.trim() === '' ? written : ' ')))?.[0]
    : undefined
}

const WHOLE = /(?<!\{)\{\{([^{}]*)\}\}(?!\})/g
const UNCLOSED = /\{{2,}[^{}\n]{0,40}\}*|\{?[^{}\s]{0,40}\}{2,}/

/**
 * A template's variables and the columns that fill them, checked: every variable of the template ({{1}}, {{nome}}) needs a
 * column, assigned (--var) or of the same name.
 * @returns the variable's name → the column's name in a lead
 * @throws CampError DATA
 */
export function bindTemplate(
  template: { code: string; content: string },
  assigned: Readonly<Record<string, string>>,
  columns: readonly NamedColumn[],
): Record<string, string> {
  const wanted = variablesIn(template.content)
  const unknown = Object.keys(assigned).filter(name => !wanted.includes(name))
  if (unknown.length > 0) {
    throw new CampError('VARIABLE_UNKNOWN', t`template ${template.code} has no variable "${unknown[0]!}"`, {
      hint: wanted.length > 0 ? t`Its variables are ${wanted.join(', ')}.` : t`It has no variables.`,
    })
  }
  const missing = wanted.filter(name => !Object.hasOwn(assigned, name) && !find(name, columns))
  if (missing.length > 0) {
    throw new CampError(
      'VARIABLE_UNMAPPED',
      t`template ${template.code} needs a column for ${missing.map(name => `{{${name}}}`).join(', ')}`,
      {
        hint: [t`Say which: --var ${missing.map(name => `${name}=COLUMN`).join(',')}`, listed(columns)],
      },
    )
  }
  return Object.fromEntries(wanted.map(name => [name, resolve(ownValue(assigned, name) ?? name, columns)]))
}

/**
 * A template's variables for this lead, or the first that is empty here.
 * @param vars what `bindTemplate` returned: variable → column
 */
export function templateVariables(
  vars: Readonly<Record<string, string>>,
  lead: LeadColumns,
): { values: Record<string, string>; missing?: undefined } | { values?: undefined; missing: string } {
  const values = new Map<string, string>()
  for (const [variable, column] of Object.entries(vars)) {
    const value = columnValue(lead, column)
    if (value === '') return { missing: column }
    values.set(variable, value)
  }
  return { values: Object.fromEntries(values) }
}

/** A template's text with its variables' values: what the person reads. */
export function fillTemplate(content: string, values: Readonly<Record<string, string>>): string {
  return content.replace(PLACEHOLDER, (written, name: string) => ownValue(values, name.trim()) ?? written)
}

/**
 * A template's variables, each once, in the order that an official broker uses: by number ({{1}}, {{2}}), regardless of
 * position; by position if they have names. A database does not keep the order of an object's keys.
 */
export function variablesIn(content: string): string[] {
  const names = [...new Set([...content.matchAll(PLACEHOLDER)].map(match => match[1]!.trim()))]
  return names.every(name => /^\d+$/.test(name)) ? names.sort((a, b) => Number(a) - Number(b)) : names
}

/** A lead's value by a column's name; '' if it has none. */
function columnValue(lead: LeadColumns, name: string): string {
  if (isOwn(name)) return (lead[name] ?? '').trim()
  const { variables } = lead
  const exact = variables ? ownValue(variables, name) : undefined
  if (exact !== undefined) return exact.trim()
  // A name that a person wrote and that was not resolved.
  const plain = plainName(name)
  const key = variables && Object.keys(variables).find(header => plainName(header) === plain)
  if (variables && key !== undefined && key !== null) return (variables[key] ?? '').trim()
  const field = fieldOf(name)
  return field && isOwn(field) ? (lead[field] ?? '').trim() : ''
}

/** Names come from files and templates: "constructor" is a name like any other. */
function ownValue(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined
}

const OWN: ReadonlySet<string> = new Set<Field>(['phone', 'nome', 'cpf_cnpj', 'idcob_contrato'])

function isOwn(name: string): name is 'phone' | 'nome' | 'cpf_cnpj' | 'idcob_contrato' {
  return OWN.has(name)
}

function resolve(name: string, columns: readonly NamedColumn[]): string {
  const found = find(name, columns)
  if (found) return found.name
  if (name === '') {
    throw new CampError('MESSAGE_INVALID', t`a placeholder has no name: {{ }}`, {
      hint: [t`Write the name of a column between its braces, or remove it.`, listed(columns)],
    })
  }
  const near = nearest(name, columns)
  throw new CampError('COLUMN_NOT_FOUND', t`there is no column "${name}" for {{${name}}}`, {
    hint: [...(near ? [t`Did you mean {{${near.header}}}?`] : []), listed(columns)],
  })
}

/** The column whose name contains the written one, is contained in it, or begins alike. */
function nearest(name: string, columns: readonly NamedColumn[]): NamedColumn | undefined {
  const plain = plainName(name)
  if (plain.length < 3) return undefined
  const headers = columns.filter(isInFile).map(column => ({ column, header: plainName(column.header) }))
  const ways = [
    (header: string) => header.includes(plain),
    (header: string) => header.length >= 3 && plain.includes(header),
    (header: string) => header.startsWith(plain.slice(0, 4)),
  ]
  for (const isNear of ways) {
    const found = headers.find(({ header }) => isNear(header))
    if (found) return found.column
  }
  return undefined
}

function isInFile({ isMeaning }: NamedColumn): boolean {
  return isMeaning !== true
}

/** By the lead's name for it, then by the file's header, then by its meaning: {{celular}} is the phone. */
function find(name: string, columns: readonly NamedColumn[]): NamedColumn | undefined {
  const { byName, byHeader } = indexOf(columns)
  const plain = plainName(name)
  const meant = AMBIGUOUS.has(plain) ? undefined : fieldOf(name)
  return byName.get(name) ?? byHeader.get(plain) ?? (meant && byName.get(meant))
}

/** As a header these identify a field; in a text they may have another meaning: a house number, the first name alone. */
const AMBIGUOUS: ReadonlySet<string> = new Set(
  `numero number contato contact destino destinatario recipient to primeironome primnome prenome firstname givenname`.split(
    ' ',
  ),
)

function listed(columns: readonly NamedColumn[]): string {
  const headers = columns.filter(isInFile).map(column => column.header)
  return t`The file's columns: ${headers.join(', ')}.`
}
