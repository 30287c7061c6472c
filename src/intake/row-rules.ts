import { dayIn } from '../time/day.ts'
import type { Columns } from './columns.ts'
import type { Content } from './content.ts'
import type { ImportRequest } from './request.ts'
import type { RowRules } from './validate-rows.ts'

/** What of an import decides the rules of its rows, beside its columns and content. */
export type RuleRequest = Pick<
  ImportRequest,
  'allPhones' | 'repairNinthDigit' | 'staleDays' | 'timezone' | 'template'
> & {
  adapter: Pick<ImportRequest['adapter'], 'content' | 'documentRequired'>
}

/** @param createdAt the time of the import, from which a row's age counts */
export function rowRules(request: RuleRequest, columns: Columns, content: Content, createdAt: Date): RowRules {
  return {
    columns,
    allPhones: request.allPhones,
    repairNinthDigit: request.repairNinthDigit,
    documentRequired: request.adapter.documentRequired,
    staleDays: request.staleDays,
    today: dayIn(request.timezone, createdAt),
    text: content.text,
    templateVars: content.templateVars,
    keepText: content.byText,
    texts: content.texts,
    template: request.template?.content ?? null,
  }
}

/** Whether a column `mensagem` holds the text of its row. */
export function hasRowTexts({ template, adapter }: Pick<RuleRequest, 'template' | 'adapter'>): boolean {
  return template === null && adapter.content !== 'NONE'
}
