import { leaf, type Register } from '../command.ts'
import type { Context } from '../context.ts'

export const register: Register = (program, action) => {
  leaf(program, 'logout', 'forget the session').action(action(logout))
}

async function logout(context: Context): Promise<void> {
  const { removeSession } = await import('../../security/session.ts')
  const removed = await removeSession(context.config.home)
  if (context.config.token) context.out.warn('CAMP_TOKEN is set, and still logs you in.')
  context.out.result({ logged_out: removed }, removed ? 'Logged out.' : 'Nobody was logged in.')
}
