import { parseDocument } from '../../recipient/document.ts'
import { canonicalPhone, canonicalPhones } from '../../recipient/phone.ts'
import type { Judged, ListColumns, Named, OnlyKind } from './types.ts'

/** All phones and documents of a row. */
export function judgeRow(cells: readonly string[], columns: ListColumns, only: OnlyKind | null): Judged {
  const judged: Judged[] = []
  const each = (indexes: readonly number[], judge: (cell: string) => Judged) => {
    for (const index of indexes) {
      const cell = cells[index]?.trim()
      if (cell) judged.push(judge(cell))
    }
  }
  each(columns.phones, judgePhone)
  each(columns.documents, judgeDocument)
  each(columns.values === 'ALL' ? [...cells.keys()] : columns.values, cell => judgeValue(cell, only))
  const surplus = columns.values === 'ALL' ? [] : cells.slice(columns.headers.length).filter(cell => cell.trim() !== '')
  if (surplus.length > 0) judged.push(bad('BAD_ROW', `${cells.length} cells for ${columns.headers.length} columns`))
  return judged.length === 0 ? bad('BAD_ROW', 'it has no phone and no document') : merged(judged)
}

function merged(judged: readonly Judged[]): Judged {
  if (judged.length === 1) return judged[0]!
  return {
    named: judged.flatMap(one => one.named),
    problem: judged.find(one => one.problem)?.problem,
    ambiguous: judged.some(one => one.ambiguous),
  }
}

function bad(code: NonNullable<Judged['problem']>['code'], detail: string): Judged {
  return { named: [], problem: { code, detail } }
}

function judgePhone(cell: string): Judged {
  const phones = canonicalPhones(cell)
  if (phones.length > 0) return { named: phones.map(asPhone) }
  return bad('INVALID_PHONE', `"${written(cell)}": ${canonicalPhone(cell).problem}`)
}

function judgeDocument(cell: string): Judged {
  const { document, problem } = parseDocument(cell)
  if (document !== undefined) return { named: [{ kind: 'cpf_cnpj', value: document }] }
  return bad('INVALID_DOCUMENT', `"${written(cell)}": ${problem}`)
}

/**
 * Reads a cell as a phone or a document. Eleven digits may be both a mobile and a CPF, and leading zeros that Excel drops make more such
 * cases: if neither `only` nor the punctuation decides, both are blocked. Blocking another person's document costs one message; a wrong
 * guess sends a message to a person who forbade it.
 */
export function judgeValue(cell: string, only: OnlyKind | null): Judged {
  if (only === 'phone') return judgePhone(cell)
  if (only === 'document' || AS_DOCUMENT.test(cell)) return judgeDocument(cell)
  const phones = judgePhone(cell)
  if (phones.named.length > 0 && AS_PHONE.test(cell)) return phones
  const documents = documentsIn(cell)
  if (documents.length === 0 && phones.named.length === 0)
    return bad('INVALID_VALUE', `${phones.problem!.detail}; as a document, ${parseDocument(cell).problem}`)
  const ambiguous = phones.named.length > 0 && documents.length > 0 && judgeDocument(cell).named.length > 0
  return { named: [...phones.named, ...documents], ambiguous }
}

/** The cell's document, or the documents within a longer text, which then have all leading zeros. */
function documentsIn(cell: string): Named[] {
  const whole = judgeDocument(cell).named
  if (whole.length > 0 || DIGITS.test(cell)) return whole
  const parts = cell.split(/[\s,;|]+/).filter(part => part.replace(/\W/g, '').length >= 11)
  return parts.length > 1 ? parts.flatMap(part => judgeDocument(part).named) : []
}

const DIGITS = /^\d+$/

/** 529.982.247-25, 12.345.678/0001-95: a document's punctuation. */
const AS_DOCUMENT = /^\s*(\d{3}\.\d{3}\.\d{3}-\d{2}|[0-9A-Z]{2}\.[0-9A-Z]{3}\.[0-9A-Z]{3}\/[0-9A-Z]{4}-\d{2})\s*$/i
/** +55…, (11) …, …-4321: a phone's punctuation. */
const AS_PHONE = /[+()]|\d[\s.-]\d{4}\s*$/

function asPhone(value: string): Named {
  return { kind: 'phone', value }
}

function written(cell: string): string {
  return cell.length > 100 ? `${cell.slice(0, 100)}…` : cell
}
