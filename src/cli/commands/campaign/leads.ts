import { findCampaign } from '../../../campaign/read/find.ts'
import { type LeadView, leadPages } from '../../../campaign/read/leads.ts'
import { LEAD_COLUMNS, leadRows } from '../../../export/lead-table.ts'
import { storedOrNull } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { statusStyle } from '../../status-style.ts'
import { table } from '../../table.ts'
import { wantsFile, writeResult } from '../../table-target.ts'
import type * as commands from './index.ts'
import { time } from './text.ts'

/** Page by page: a million leads as JSON are hundreds of megabytes, too much to hold in memory. */
export async function leads(context: Context, ref: string, options: OptionsOf<typeof commands.leads>): Promise<void> {
  const isFile = wantsFile(options, context.out)
  const actor = await context.actor()
  const pool = await context.pool()
  const { id } = await findCampaign(pool, ref, actor)
  if (isFile) {
    const pages = leadRows(leadPages(pool, id, options))
    return writeResult(context, options, { what: 'leads', columns: LEAD_COLUMNS, pages })
  }
  const { out } = context
  let count = 0
  for await (const page of leadPages(pool, id, options)) {
    if (out.json) {
      const json = page.map((lead, i) => `${count + i === 0 ? '[\n' : ',\n'}${JSON.stringify(lead)}`).join('')
      await out.piece({ json })
    } else await out.piece({ human: table(page, columns(context.config.timezone)) })
    count += page.length
  }
  if (out.json) await out.piece({ json: count === 0 ? '[]\n' : '\n]\n' })
  else if (count === 0) out.talk(t`No matching leads.`)
}

function columns(timezone: string) {
  const timeText = (at: Date | null) => (at ? time(at, timezone) : '')
  return [
    {
      title: t`LINE`,
      value: (lead: LeadView) => (lead.is_fish ? t`fish` : String(lead.source_line)),
      align: 'right' as const,
    },
    { title: t`PHONE`, value: (lead: LeadView) => lead.phone },
    { title: t`NAME`, value: (lead: LeadView) => (lead.nome ?? '').slice(0, 30), shrinks: true as const },
    { title: t`STATUS`, value: (lead: LeadView) => lead.status, style: (lead: LeadView) => statusStyle(lead.status) },
    { title: t`SENT`, value: (lead: LeadView) => timeText(lead.sent_at) },
    { title: t`DELIVERED`, value: (lead: LeadView) => timeText(lead.delivered_at), spare: true as const },
    { title: t`READ`, value: (lead: LeadView) => timeText(lead.read_at), spare: true as const },
    {
      title: t`REASON`,
      value: (lead: LeadView) => [lead.error_code, storedOrNull(lead.error_message)].filter(Boolean).join(': '),
      shrinks: true as const,
    },
  ]
}
