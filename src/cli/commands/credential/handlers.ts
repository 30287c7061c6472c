import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Adapter } from '../../../broker/port.ts'
import { adapterOf } from '../../../broker/registry.ts'
import { findBroker, findWallet } from '../../../catalog/find.ts'
import { unblockCredential } from '../../../dispatch/unblock.ts'
import { CampError, codeOf, messageOf } from '../../../errors.ts'
import { createHttp, httpOptions } from '../../../http/client.ts'
import { storedText } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import {
  describeKeys,
  listCredentials,
  loadCredential,
  maskCredential,
  removeCredential,
  setCredential,
} from '../../../security/credentials.ts'
import { isPlainHttp } from '../../../security/plain-http.ts'
import { dateTimeText } from '../../../time/date-time-text.ts'
import { fields } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { orAdmin } from '../../permit.ts'
import { confirm, readStdin } from '../../prompt.ts'
import { time } from '../campaign/text.ts'
import type * as commands from './index.ts'

export async function set(
  context: Context,
  wallet: string,
  broker: string,
  pairs: string[],
  { file }: OptionsOf<typeof commands.set>,
): Promise<void> {
  const actor = await context.admin()
  const place = await placeOf(context, wallet, broker)
  const given = {
    ...(file === undefined ? {} : await readObject(context, file)),
    ...Object.fromEntries(pairs.map(readPair)),
  }
  if (Object.keys(given).length === 0) {
    throw new CampError('ARGUMENT_MISSING', t`no keys are given: use key=value, or --file`, {
      hint: t`Keys: ${describeKeys(place.adapter)}`,
    })
  }
  const config = await setCredential(await context.prisma(), await context.keys(), actor, place, given)
  for (const [key, value] of Object.entries(config)) {
    if (typeof value === 'string' && isPlainHttp(value))
      context.out.warn(
        t`${key} is http: messages and keys are sent to the broker unencrypted; use an https URL if it has one`,
      )
  }
  warnOf(context, place.adapter, place.adapter.credential.parse(config))
  context.out.result(
    {
      wallet: place.wallet.name,
      broker: place.broker.name,
      adapter: place.adapter.name,
      config: maskCredential(config, place.adapter),
    },
    t`Stored the credential of "${place.wallet.name}" at "${place.broker.name}": ${Object.keys(config).join(', ')}.`,
  )
}

export async function show(context: Context, wallet: string, broker: string): Promise<void> {
  await context.admin()
  const place = await placeOf(context, wallet, broker)
  const { config, updatedAt } = await loadCredential(await context.prisma(), await context.keys(), place)
  const masked = maskCredential(config, place.adapter)
  context.out.result(
    {
      wallet: place.wallet.name,
      broker: place.broker.name,
      adapter: place.adapter.name,
      config: masked,
      updated_at: updatedAt,
    },
    () => fields(Object.entries(masked).map(([key, value]) => [key, String(value)])),
  )
}

export async function list(context: Context): Promise<void> {
  await context.actor()
  const first = await orAdmin(
    context,
    'credential set',
    t`Add one: camp credential set WALLET BROKER key=value`,
    t`adds one`,
  )
  context.out.list(
    await listCredentials(await context.prisma()),
    [
      { title: t`WALLET`, value: row => row.wallet },
      { title: t`BROKER`, value: row => row.broker },
      { title: t`ADAPTER`, value: row => row.adapter },
      { title: t`CHANGED`, value: row => time(row.updated_at, context.config.timezone) },
    ],
    t`No credentials yet. ${first}`,
  )
}

export async function test(context: Context, wallet: string, broker: string): Promise<void> {
  await context.admin()
  const place = await placeOf(context, wallet, broker)
  const { adapter } = place
  const { config } = await loadCredential(await context.prisma(), await context.keys(), place)
  const shown = { wallet: place.wallet.name, broker: place.broker.name, adapter: adapter.name }
  if (!adapter.test) {
    context.out.result({ ...shown, tested: false, ok: null, detail: null }, '')
    throw new CampError(
      'CREDENTIAL_NOT_TESTABLE',
      t`not tested: ${adapter.name} has no request that tests a credential`,
      {
        hint: t`The first message shows whether it is valid. Import a file with your own phones, and run it.`,
      },
    )
  }
  const http = createHttp(httpOptions(context.config, context.clock))
  try {
    const credential = adapter.credential.parse(config)
    warnOf(context, adapter, credential)
    const result = await adapter.test(credential, http)
    if (!result.ok) {
      const code = result.cause === 'REFUSED' ? 'CREDENTIAL_REFUSED' : 'BROKER_UNREACHABLE'
      throw new CampError(
        code,
        result.cause === 'REFUSED'
          ? t`broker "${place.broker.name}" refuses the credential: ${storedText(result.detail)}`
          : t`broker "${place.broker.name}" cannot be queried about the credential: ${storedText(result.detail)}`,
      )
    }
    context.out.result(
      { ...shown, tested: true, ok: true, detail: result.detail },
      t`Valid: ${storedText(result.detail)}.`,
    )
  } finally {
    await http.close()
  }
}

export async function remove(context: Context, wallet: string, broker: string): Promise<void> {
  const actor = await context.admin()
  const place = await placeOf(context, wallet, broker)
  const name = t`the credential of "${place.wallet.name}" at "${place.broker.name}"`
  await confirm(context, t`Remove ${name}? Campaigns that use it can send nothing more.`)
  const removed = await removeCredential(await context.prisma(), actor, place)
  if (!removed)
    throw new CampError('CREDENTIAL_NOT_FOUND', t`${name} does not exist`, { hint: t`See: camp credential list` })
  context.out.result({ removed: true, wallet: place.wallet.name, broker: place.broker.name }, t`Removed ${name}.`)
}

export async function unblock(context: Context, wallet: string, broker: string): Promise<void> {
  const actor = await context.admin()
  const place = await placeOf(context, wallet, broker)
  const deps = { pool: await context.pool(), queues: await context.queues(), now: () => context.clock.now() }
  const { until, campaigns } = await unblockCredential(deps, place, actor.id)
  const was = dateTimeText(until, { now: context.clock.now(), timezone: context.config.timezone })
  context.out.result(
    { unblocked: true, wallet: place.wallet.name, broker: place.broker.name, until, campaigns },
    campaigns === 1
      ? t`The credential of "${place.wallet.name}" at "${place.broker.name}" is no longer waiting (the wait was
        until ${was}): 1 campaign continues.`
      : t`The credential of "${place.wallet.name}" at "${place.broker.name}" is no longer waiting (the wait was
        until ${was}):
        ${campaigns} campaigns continue.`,
  )
}

/** @param credential as its adapter's schema reads it */
function warnOf(context: Context, adapter: Adapter, credential: unknown): void {
  for (const warning of adapter.warnings?.(credential, context.config.publicUrl) ?? []) context.out.warn(warning)
}

async function placeOf(context: Context, walletRef: string, brokerRef: string) {
  const prisma = await context.prisma()
  const wallet = await findWallet(prisma, walletRef)
  const broker = await findBroker(prisma, brokerRef)
  return { wallet, broker, adapter: await adapterOf(broker.adapter) }
}

function readPair(pair: string, index: number): [string, string] {
  const at = pair.indexOf('=')
  if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)]
  // Without the "=" it may be a secret that was pasted alone, so the error does not repeat it.
  throw new CampError('INVALID_ARGUMENT', t`argument ${index + 1} after the broker is not of the form key=value`)
}

async function readObject(context: Context, file: string): Promise<Record<string, unknown>> {
  const name = file === '-' ? 'stdin' : file
  const text =
    file === '-'
      ? await readStdin(context)
      : await readFile(await context.inputFile(file), 'utf8').catch(error => fail(file, error))
  const read = z.record(z.string(), z.unknown()).safeParse(parsed(text))
  if (read.success) return read.data
  throw new CampError('INVALID_CREDENTIAL', t`${name} is not a JSON object of keys and values`)
}

function fail(file: string, error: unknown): never {
  const code = codeOf(error) === 'ENOENT' ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE'
  throw new CampError(code, t`${file} cannot be read: ${codeOf(error) ?? messageOf(error)}`)
}

/** undefined if it is not JSON: the errors of JSON.parse quote the text, which holds secrets. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
