import type { Adapter } from '../broker/port.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { cleanText } from '../message/characters.ts'
import { bindTemplate, type CompiledText } from '../message/template.ts'
import { templateNotes } from '../message/template-text.ts'
import type { TextRules } from '../message/text-rules.ts'
import { type Columns, namedColumns } from './columns.ts'
import { prepareMessage } from './message.ts'

export interface ContentRequest {
  message: string | null
  template: { id: string; code: string; content: string } | null
  /** --var: template variable → column. */
  vars: Readonly<Record<string, string>>
  adapter: Pick<Adapter, 'name' | 'content' | 'oneTextPerRequest' | 'texts'>
}

/**
 * A campaign's content: a template with variables, one text, or a text per row. Where the broker holds the content, there is no
 * text and no template.
 */
export interface Content {
  text: CompiledText | null
  templateVars: Record<string, string> | null
  /** Texts differ by row and a request carries one text: leads are ordered by text. */
  byText: boolean
  /** The channel's text rules. */
  texts: TextRules
  /** Remarks on the text for the operator: sentences. */
  notes: readonly string[]
  /** Corrections made to the text: sentences. */
  repairs: readonly string[]
}

/**
 * @throws CampError DATA: a text where the broker needs a template, or the reverse; USAGE: --var without a template, or text and template
 */
export function assertContent({ message, template, vars, adapter }: ContentRequest): void {
  if (message !== null && template)
    throw new CampError('OPTIONS_CONFLICT', t`--message and --template exclude each other`, {
      hint: t`Use only one of them.`,
    })
  if (!template && Object.keys(vars).length > 0)
    throw new CampError('OPTIONS_CONFLICT', t`--var requires --template`, {
      hint: t`In a text, a column is written as {{nome}}.`,
    })
  if (message !== null && cleanText(message).trim() === '')
    throw new CampError('MESSAGE_MISSING', t`the message is empty`, { hint: t`Write one: --message "Olá {{nome}}"` })
  if (!template && adapter.content === 'TEMPLATE') {
    throw new CampError('MESSAGE_KIND_REFUSED', t`${adapter.name} accepts only approved templates, not free text`, {
      hint: t`Choose a template with --template CODE. See: camp template list`,
    })
  }
  if (template && adapter.content === 'TEXT') {
    throw new CampError('MESSAGE_KIND_REFUSED', t`${adapter.name} accepts free text, not templates`, {
      hint: t`Set the text with --message "Olá {{nome}}", or in a column "mensagem".`,
    })
  }
}

/**
 * The content for a file's columns.
 * @throws CampError DATA: a placeholder or variable without a column, an unclosed placeholder; no content
 */
export function contentFor(request: ContentRequest, file: string, columns: Columns): Content {
  const { message, template, vars, adapter } = request
  const { texts = {} } = adapter
  const none = { text: null, byText: false, texts, notes: [], repairs: [] }
  if (adapter.content === 'NONE') return { ...none, templateVars: {} }
  const named = namedColumns(columns)
  if (template) {
    const notes = templateNotes(template.code, template.content, named)
    return { ...none, templateVars: bindTemplate(template, vars, named), notes }
  }
  const ownTexts = columns.fields.mensagem !== undefined
  if (message === null && !ownTexts) {
    throw new CampError('MESSAGE_MISSING', t`${file} has no column with messages, and no message is set`, {
      hint: t`Set one with --message "Olá {{nome}}", a template with --template CODE, or a column "mensagem".`,
    })
  }
  const { text, notes, repairs } = message === null ? none : prepareMessage(message, named, texts)
  const byText = adapter.oneTextPerRequest && (ownTexts || (text !== null && text.names.length > 0))
  return { text, templateVars: null, byText, texts, notes, repairs }
}
