import { t } from '../../../language/text.ts'
import { removeSession } from '../../../security/session.ts'
import type { Context } from '../../context.ts'

export async function logout(context: Context): Promise<void> {
  const removed = await removeSession(context.config.home)
  if (context.config.token) context.out.warn(t`CAMP_TOKEN is set, and still logs you in.`)
  context.out.result({ logged_out: removed }, removed ? t`Logged out.` : t`You were not logged in.`)
}
