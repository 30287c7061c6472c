import type { CampaignView } from '../../../campaign/view.ts'
import { fields } from '../../output.ts'
import { campaignText, number } from './text.ts'

/** What an import says beyond the campaign itself. */
export interface ImportFacts {
  encoding: string
  delimiter: string
  /** Field → the header that was taken for it. */
  mapping: Readonly<Record<string, string>>
  variables: readonly string[]
  warnings: Readonly<Partial<Record<string, number>>>
  plan: { batch_size: number; batches: number }
  rejects: { file: string; rows: number } | null
}

const WARNINGS: Record<string, string> = {
  BAD_DOCUMENT: 'bad documents left out',
  MISSING_DATE: 'rows without a registration date, sent all the same',
}

/** An import, or a dry run (whose campaign has no id), for people. */
export function importText(view: CampaignView, facts: ImportFacts, timezone: string): string {
  const campaign = campaignText(view.id === null ? { ...view, agendamento_id: '(dry run)' } : view, timezone)
  const mapping = Object.entries(facts.mapping).map(([field, header]) => `${field} = ${header}`)
  const warnings = Object.entries(facts.warnings).map(([code, n]) => `${number(n ?? 0)} ${WARNINGS[code] ?? code}`)
  const read = fields([
    ['read as', `${facts.encoding}, separated by ${facts.delimiter}`],
    ['columns', mapping.join(', ')],
    ['variables', facts.variables.join(', ')],
    ['warnings', warnings.join('; ')],
    ['batches', `${number(facts.plan.batches)} of at most ${number(facts.plan.batch_size)}`],
    ['rejects', facts.rejects && `${number(facts.rejects.rows)} rows in ${facts.rejects.file}`],
  ])
  return `${campaign}\n\n${read}`
}
