import { type Act, adminsOf, may, people } from '../security/permissions.ts'
import type { Context } from './context.ts'

/** What to do next, for the user who acts: `line` where they may, else who may. @param does "adds one", in the third person */
export async function orAdmin(context: Context, act: Act, line: string, does: string): Promise<string> {
  if (may(act, await context.actor())) return line
  return `An ADMIN ${does}: ${people(await adminsOf(await context.pool()))}.`
}
