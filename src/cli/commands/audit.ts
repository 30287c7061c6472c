import type { AuditView } from '../../security/audit-trail.ts'
import { leaf, type Register } from '../command.ts'
import type { Context } from '../context.ts'
import { wholeNumber } from '../options.ts'

export const register: Register = (program, action) => {
  const audit = program.command('audit').description('who did what, and by whose token: list')
  leaf(audit, 'list', 'what was done, the newest first (ADMIN)')
    .option('--user <email>', 'by this user, or by a token or a password that they made')
    .option('--action <beginning>', 'only these: user.login, campaign.approve, setting')
    .option('--on <id>', 'to this campaign, user, wallet, …')
    .option('--limit <n>', 'at most so many', wholeNumber(1, 10_000), 50)
    .addHelpText(
      'after',
      '\n"as bob@x, by ana@x": bob acted with a token that ana had made, or with a password that ana had set.',
    )
    .action(action(list))
}

interface Options {
  user?: string
  action?: string
  on?: string
  limit: number
}

async function list(context: Context, { on, ...options }: Options): Promise<void> {
  const { auditTrail } = await import('../../security/audit-trail.ts')
  const { time } = await import('./campaign/text.ts')
  await context.admin()
  const filter = { user: options.user, action: options.action, subject: on, limit: options.limit }
  const { timezone } = context.config
  context.out.list(
    await auditTrail(await context.pool(), filter),
    [
      { title: 'AT', value: (row: AuditView) => time(row.at, timezone) },
      { title: 'WHO', value: whoText },
      { title: 'ACTION', value: (row: AuditView) => row.action },
      { title: 'ON', value: (row: AuditView) => row.subject_id },
      { title: 'DETAIL', value: (row: AuditView) => (row.detail === null ? '' : JSON.stringify(row.detail)) },
    ],
    'Nothing of that kind.',
  )
}

function whoText({ by, via }: AuditView): string {
  if (by === null) return 'camp'
  return via === null ? by : `as ${by}, by ${via}`
}
