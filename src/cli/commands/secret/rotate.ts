import { readFile } from 'node:fs/promises'
import { listCalledBack } from '../../../catalog/brokers.ts'
import { CampError, codeOf, messageOf } from '../../../errors.ts'
import { readOrCreate } from '../../../files.ts'
import { t } from '../../../language/text.ts'
import { secretState } from '../../../security/fingerprint.ts'
import { type Keys, keysOf, newSecret, openKeys, secretFile } from '../../../security/keys.ts'
import { rotateSecret } from '../../../security/rotate.ts'
import { isKept, keepNext, openSecret, writeNext } from '../../../security/secret.ts'
import { assertStrongSecret } from '../../../security/secret-strength.ts'
import { webhookUrl } from '../../../security/webhook-token.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { askPassword, confirm, hasTerminal, readStdin } from '../../prompt.ts'
import type * as commands from './index.ts'

type RotateOptions = OptionsOf<typeof commands.rotate>

export async function rotate(context: Context, options: RotateOptions): Promise<void> {
  const { config } = context
  const pool = await context.pool()
  const kept = isKept(config) ? secretFile(config.home) : null
  assertOptions(options, kept !== null)

  if (kept && (await openSecret(pool, config)).adopted) return sayDone(context, kept)
  const given = await givenSecret(context, options, kept !== null)
  const origin = { name: t`the new secret`, cure: t`Use another one.` }
  if (given !== undefined && (await secretState(pool, keysOf(given, origin))) === 'OURS') return sayDone(context, kept)
  const from = kept ? await context.keys() : await openKeys(config)
  const actor = await context.admin()
  await confirm(
    context,
    t`Seal everything with a new secret? Existing sessions, CAMP_TOKENs and webhook URLs become void.`,
  )

  const fresh = given ?? (await generated(options.file))
  const to = keysOf(fresh, origin)
  let next: string | undefined
  const keep = async () => {
    next = await writeNext(config.home, fresh)
  }
  const credentials = await rotateSecret(pool, actor, { from, to, ...(kept && { keep }) })
  if (next !== undefined) await keepNext(config.home, next)
  const webhooks = await webhooksOf(context, to)
  const result = { rotated: true, already: false, credentials, secret_file: kept ?? options.file ?? null, webhooks }
  context.out.result(result, () => rotatedText(result, kept !== null))
}

/** The new secret is the database's already: an earlier run has committed. */
function sayDone(context: Context, kept: string | null): void {
  context.out.result(
    { rotated: false, already: true, credentials: null, secret_file: kept, webhooks: null },
    kept
      ? t`The rotation is already done: everything is sealed with this secret. It is stored in ${kept}.`
      : t`The rotation is already done: everything is sealed with this secret. Set CAMP_SECRET to it on every machine.`,
  )
}

interface Rotated {
  credentials: number
  secret_file: string | null
  webhooks: { broker: string; webhook_url: string | null }[]
}

function rotatedText({ credentials, secret_file, webhooks }: Rotated, kept: boolean): string[] {
  const urls = webhooks.map(
    ({ broker, webhook_url }) => `  ${broker}: ${webhook_url ?? `camp broker show "${broker}"`}`,
  )
  return [
    credentials === 1
      ? t`Rotated: 1 credential is sealed with the new secret.`
      : t`Rotated: ${credentials} credentials are sealed with the new secret.`,
    whereText(secret_file, kept),
    t`Void from now on:`,
    `  ${t`every session (camp login) and every CAMP_TOKEN (camp user token EMAIL)`}`,
    `  ${t`every broker's webhook URL, and callbacks for messages sent before; give the new URLs to the brokers:`}`,
    ...(urls.length > 0 ? urls.map(line => `  ${line}`) : [`    ${t`(no broker of this installation calls back)`}`]),
    t`Unchanged: credentials, users and their passwords, campaigns, approvals.`,
    t`Workers with the old secret send nothing more, and stop.`,
  ]
}

function whereText(file: string | null, kept: boolean): string {
  if (kept) return t`The new secret is stored in ${file!}.`
  return file && file !== '-'
    ? t`Set CAMP_SECRET to the new secret on every machine (it is in ${file}), and start the workers again.`
    : t`Set CAMP_SECRET to the new secret on every machine, and start the workers again.`
}

/** The webhook URLs under the new secret, of every broker whose adapter takes callbacks. */
async function webhooksOf(context: Context, keys: Keys): Promise<Rotated['webhooks']> {
  const brokers = await listCalledBack(await context.prisma())
  return brokers.map(broker => ({
    broker: broker.name,
    webhook_url: webhookUrl(context.config.publicUrl, keys, broker) ?? null,
  }))
}

function assertOptions({ file, generate }: RotateOptions, kept: boolean): void {
  if (generate && file === '-') throw new CampError('INVALID_ARGUMENT', t`--generate writes to a file, and - is stdin`)
  if (!generate || file !== undefined || kept) return
  throw new CampError(
    'ARGUMENT_MISSING',
    t`--generate with DATABASE_URL or CAMP_SECRET requires --file, to which the new secret is written`,
    {
      hint: t`The file is written before the database, so that a crash cannot lose it: camp secret rotate --generate
        --file new-secret`,
    },
  )
}

/** @returns undefined if the secret is to be generated */
async function givenSecret(
  context: Context,
  { file, generate }: RotateOptions,
  kept: boolean,
): Promise<string | undefined> {
  if (file === '-') return checked((await readStdin(context)).replace(/\r?\n$/, ''), 'stdin')
  if (file !== undefined) {
    const text = await readFile(file, 'utf8').catch(error => missing(file, error, generate ?? false))
    return text === undefined ? undefined : checked(text.replace(/\r?\n$/, ''), file)
  }
  if (generate || kept) return undefined
  if (!hasTerminal(context)) {
    throw new CampError('ARGUMENT_MISSING', t`the new secret is missing`, {
      hint: t`Set it with --file FILE (- is stdin), or generate it: --generate --file FILE`,
    })
  }
  const first = checked(await askPassword(context, t`New secret`, false), t`the new secret`)
  if (first === (await askPassword(context, t`Again`, false))) return first
  throw new CampError('ENTRIES_DIFFER', t`the two inputs differ: nothing was changed`)
}

async function generated(file: string | undefined): Promise<string> {
  if (file === undefined) return newSecret()
  return (await readOrCreate(file, () => `${newSecret()}\n`)).trim()
}

function missing(file: string, error: unknown, mayMake: boolean): undefined {
  const isNone = codeOf(error) === 'ENOENT'
  if (isNone && mayMake) return undefined
  throw new CampError(
    isNone ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE',
    t`${file} cannot be read: ${codeOf(error) ?? messageOf(error)}`,
    {
      hint: t`To generate a new secret in this file: --generate`,
    },
  )
}

/** Refuses a secret that an environment file cannot hold: the next machine would read another secret. */
function checked(secret: string, where: string): string {
  if (secret.length < 16) throw new CampError('INVALID_VALUE', t`${where}: a secret has at least 16 characters`)
  assertStrongSecret(secret, where)
  if (/\p{Cc}|^\s|\s$/u.test(secret)) {
    throw new CampError('INVALID_VALUE', t`${where}: a secret is one line, without spaces at its start or end`)
  }
  return secret
}
