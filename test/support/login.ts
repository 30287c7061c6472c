import { camp, type Run } from './camp.ts'
import type { TestDatabase } from './database.ts'
import { SECRET } from './fixtures.ts'
import { scratchFolder } from './scratch.ts'

export const ADMIN = { email: 'ana@example.com', password: 'correct horse' }

/** The environment of a camp on a test's database, with a home of its own and no login. */
export function serverEnv(db: TestDatabase): NodeJS.ProcessEnv {
  return { DATABASE_URL: db.url, CAMP_SECRET: SECRET, CAMP_HOME: scratchFolder('home') }
}

/** Makes the first ADMIN and logs them in. @returns their environment */
export async function adminEnv(db: TestDatabase): Promise<NodeJS.ProcessEnv> {
  const env = serverEnv(db)
  const add = ['user', 'add', ADMIN.email, '--name', 'Ana', '--role', 'ADMIN', '--password-stdin']
  await succeed(camp(add, { env, stdin: `${ADMIN.password}\n` }))
  await succeed(camp(['login', ADMIN.email, '--password-stdin'], { env, stdin: `${ADMIN.password}\n` }))
  return env
}

/** Has an ADMIN add a user of the role USER. @returns that user's environment, logged in by a token */
export async function userEnv(
  db: TestDatabase,
  admin: NodeJS.ProcessEnv,
  email = 'bob@example.com',
): Promise<NodeJS.ProcessEnv> {
  await succeed(camp(['user', 'add', email, '--name', 'Bob', '--role', 'USER'], { env: admin }))
  const { out } = await succeed(camp(['user', 'token', email, '--quiet'], { env: admin }))
  return { ...serverEnv(db), CAMP_TOKEN: out.trim() }
}

/** Who imports may approve, too: for tests that are about something else. */
export async function allowSelfApproval(admin: NodeJS.ProcessEnv): Promise<void> {
  await succeed(camp(['setting', 'set', 'self-approval', 'allow'], { env: admin }))
}

export async function succeed(running: Promise<Run>): Promise<Run> {
  const run = await running
  if (run.code !== 0) throw new Error(`camp ended with ${run.code}: ${run.err}`)
  return run
}
