import { t } from '../../../language/text.ts'
import { type AuditView, auditTrail } from '../../../security/audit-trail.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { time } from '../campaign/text.ts'
import type * as commands from './index.ts'

export async function list(context: Context, { on, ...options }: OptionsOf<typeof commands.list>): Promise<void> {
  await context.admin()
  const filter = { user: options.user, action: options.action, subject: on, limit: options.limit }
  const { timezone } = context.config
  context.out.list(
    await auditTrail(await context.pool(), filter),
    [
      { title: t`AT`, value: (row: AuditView) => time(row.at, timezone) },
      { title: t`WHO`, value: whoText, shrinks: true },
      { title: t`ACTION`, value: (row: AuditView) => row.action },
      { title: t`ON`, value: (row: AuditView) => row.subject_id },
      {
        title: t`DETAIL`,
        value: (row: AuditView) => (row.detail === null ? '' : JSON.stringify(row.detail)),
        shrinks: true,
      },
    ],
    t`No matching entries.`,
  )
}

function whoText({ by, via }: AuditView): string {
  if (by === null) return 'camp'
  return via === null ? by : t`as ${by}, by ${via}`
}
