import type { Adapter } from '../broker/port.ts'
import { CampError } from '../errors.ts'
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
 * What a campaign says: a template with its variables, or a text, or each row's own. Where the broker's side knows what to say,
 * it is a template without variables, and no template.
 */
export interface Content {
  text: CompiledText | null
  templateVars: Record<string, string> | null
  /** Texts differ by row, and the broker carries one per request: leads are put in order by text. */
  byText: boolean
  /** What the channel takes. */
  texts: TextRules
  /** What an operator should see of the text before it goes out: sentences. */
  notes: readonly string[]
  /** What was put right in it: sentences. */
  repairs: readonly string[]
}

/**
 * @throws CampError DATA: free text where a template is required, or a template where text is; USAGE: --var without a template,
 * or both kinds of text
 */
export function assertContent({ message, template, vars, adapter }: ContentRequest): void {
  if (message !== null && template)
    throw new CampError('OPTIONS_CONFLICT', '--message and --template exclude each other', {
      hint: 'Give one of them.',
    })
  if (!template && Object.keys(vars).length > 0)
    throw new CampError('OPTIONS_CONFLICT', '--var goes with --template', {
      hint: 'In a text, columns stand as {{nome}}.',
    })
  if (message !== null && cleanText(message).trim() === '')
    throw new CampError('MESSAGE_MISSING', 'the message is empty', { hint: 'Write one: --message "Olá {{nome}}"' })
  if (!template && adapter.content === 'TEMPLATE') {
    throw new CampError('MESSAGE_KIND_REFUSED', `${adapter.name} takes only approved templates, no free text`, {
      hint: 'Give one with --template CODE (camp template list).',
    })
  }
  if (template && adapter.content === 'TEXT') {
    throw new CampError('MESSAGE_KIND_REFUSED', `${adapter.name} takes free text, no templates`, {
      hint: 'Give the text with --message "Olá {{nome}}", or in a column "mensagem".',
    })
  }
}

/**
 * The content for a file's columns.
 * @throws CampError DATA: a placeholder or variable without a column, or that is not whole; nothing to say
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
    throw new CampError('MESSAGE_MISSING', `${file} has no column with messages, and none was given`, {
      hint: 'Give one with --message "Olá {{nome}}", a template with --template CODE, or a column "mensagem".',
    })
  }
  const { text, notes, repairs } = message === null ? none : prepareMessage(message, named, texts)
  const byText = adapter.oneTextPerRequest && (ownTexts || (text !== null && text.names.length > 0))
  return { text, templateVars: null, byText, texts, notes, repairs }
}
