import { CampError } from '../../../errors.ts'
import { AUDIT_COLUMNS, auditRows } from '../../../export/audit-table.ts'
import { t } from '../../../language/text.ts'
import { type AuditFilter, type AuditView, auditPages, auditTrail } from '../../../security/audit-trail.ts'
import { endOfDay } from '../../../time/local-day.ts'
import { parseDateTime } from '../../../time/parse-date-time.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { wantsFile, writeResult } from '../../table-target.ts'
import { time } from '../campaign/text.ts'
import { detailText } from './detail-text.ts'
import type * as commands from './index.ts'

export async function list(context: Context, options: OptionsOf<typeof commands.list>): Promise<void> {
  const { timezone } = context.config
  const filter = filterOf(options, timezone)
  await context.reviewer()
  context.out.list(
    await auditTrail(await context.pool(), filter, options.limit),
    [
      { title: t`AT`, value: (row: AuditView) => time(row.at, timezone) },
      { title: t`WHO`, value: whoText, shrinks: true },
      { title: t`ACTION`, value: (row: AuditView) => row.action },
      { title: t`ON`, value: (row: AuditView) => row.on ?? row.subject_id },
      {
        title: t`DETAIL`,
        value: (row: AuditView) => detailText(row.detail),
        shrinks: true,
      },
    ],
    t`No matching entries.`,
  )
}

export async function exportAudit(context: Context, options: OptionsOf<typeof commands.exportAudit>): Promise<void> {
  if (!wantsFile(options, context.out)) {
    throw new CampError('ARGUMENT_MISSING', t`the export needs a file`, {
      hint: t`Name it with --csv FILE or --xlsx FILE; --csv - writes to stdout.`,
    })
  }
  const filter = filterOf(options, context.config.timezone)
  await context.reviewer()
  const pages = auditRows(auditPages(await context.pool(), filter))
  await writeResult(context, options, { what: 'audit entries', columns: AUDIT_COLUMNS, pages })
}

type FilterOptions = Pick<OptionsOf<typeof commands.exportAudit>, 'user' | 'action' | 'on' | 'since' | 'until'>

function filterOf({ user, action, on, since, until }: FilterOptions, timezone: string): AuditFilter {
  return {
    user,
    action,
    on,
    since: since === undefined ? undefined : parseDateTime(isDay(since) ? `${since} 00:00` : since, timezone),
    until: until === undefined ? undefined : endOf(until, timezone),
  }
}

/** A day ends with its last moment, a time is exact. */
function endOf(text: string, timezone: string): Date {
  if (!isDay(text)) return parseDateTime(text, timezone)
  return endOfDay(timezone, parseDateTime(`${text} 00:00`, timezone))
}

function isDay(text: string): boolean {
  return /^(?:\d{4}-\d\d-\d\d|\d\d\/\d\d\/\d{4})$/.test(text)
}

function whoText({ by, via }: AuditView): string {
  if (by === null) return 'camp'
  return via === null ? by : t`as ${by}, by ${via}`
}
