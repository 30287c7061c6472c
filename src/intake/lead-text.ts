import { fillTemplate } from '../message/template.ts'
import type { Columns } from './columns.ts'
import type { Content } from './content.ts'
import type { Lead } from './lead.ts'
import { valueReader } from './row-text.ts'

/**
 * Builds the function that renders an accepted lead's text.
 * @param template its text, or null
 * @returns the text; null where the broker holds the content
 */
export function textReader(
  { text, templateVars }: Content,
  template: string | null,
  columns: Columns,
): (lead: Lead) => string | null {
  const readers = new Map(
    [...(text?.names ?? []), ...Object.values(templateVars ?? {})].map(name => [name, valueReader(name, columns)]),
  )
  const valueIn = (name: string, lead: Lead) => readers.get(name)!(lead)
  return lead => {
    if (lead.custom_message !== null) return lead.custom_message
    if (text) return text.fill(name => valueIn(name, lead))
    if (template === null || templateVars === null) return null
    const values = Object.entries(templateVars).map(([variable, name]) => [variable, valueIn(name, lead)] as const)
    return fillTemplate(template, Object.fromEntries(values))
  }
}
