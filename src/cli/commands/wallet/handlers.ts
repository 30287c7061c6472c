import type { GivenDefaults } from '../../../catalog/wallet-defaults.ts'
import {
  addWallet,
  changeWallet,
  findUnusedWallet,
  listWallets,
  removeWallet,
  showWallet,
  type WalletRow,
} from '../../../catalog/wallets.ts'
import { t } from '../../../language/text.ts'
import { assertSomething } from '../../assert-something.ts'
import { fields } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { orAdmin } from '../../permit.ts'
import { confirm } from '../../prompt.ts'
import type * as commands from './index.ts'

export async function add(context: Context, name: string, options: OptionsOf<typeof commands.add>): Promise<void> {
  const actor = await context.admin()
  const given = { name, idgis_ambiente: options.idgis, ...defaultsOf(options) }
  const wallet = await addWallet(await context.prisma(), actor, given)
  context.out.result(wallet, t`Added wallet "${wallet.name}" (idgis ${wallet.idgis_ambiente}).`)
}

export async function list(context: Context): Promise<void> {
  await context.actor()
  const first = await orAdmin(context, 'wallet add', t`Add one: camp wallet add NAME --idgis N`, t`adds one`)
  context.out.list(
    await listWallets(await context.prisma()),
    [
      { title: t`NAME`, value: wallet => wallet.name },
      { title: t`IDGIS`, value: wallet => String(wallet.idgis_ambiente), align: 'right' },
      { title: t`BROKER`, value: wallet => wallet.default_broker ?? '' },
      { title: t`TEXT`, value: wallet => defaultText(wallet).slice(0, 30) },
    ],
    t`No wallets yet. ${first}`,
  )
}

export async function show(context: Context, ref: string): Promise<void> {
  await context.actor()
  const view = await showWallet(await context.prisma(), ref)
  context.out.result(view, () =>
    fields([
      [t`name`, view.name],
      [t`idgis`, String(view.idgis_ambiente)],
      [t`id`, view.id],
      [t`brokers`, view.brokers.join(', ') || t`none (camp credential set)`],
      [t`budgets`, view.budgets.join(', ') || t`none (camp budget set)`],
      [t`campaigns`, String(view.campaigns)],
      [t`default broker`, view.default_broker],
      [t`default text`, defaultText(view)],
    ]),
  )
}

function defaultText({ default_template, default_message }: WalletRow): string {
  return default_template === null ? (default_message ?? '') : t`template ${default_template}`
}

export async function set(context: Context, ref: string, options: OptionsOf<typeof commands.set>): Promise<void> {
  const actor = await context.admin()
  const change = {
    ...(options.name !== undefined && { name: options.name }),
    ...(options.idgis !== undefined && { idgis_ambiente: options.idgis }),
    ...defaultsOf(options),
  }
  assertSomething(change)
  const changed = await changeWallet(await context.prisma(), actor, ref, change)
  context.out.result(changed, () =>
    fields([
      [t`name`, changed.name],
      [t`idgis`, String(changed.idgis_ambiente)],
      [t`default broker`, changed.default_broker],
      [t`default text`, defaultText(changed)],
    ]),
  )
}

/** The word none removes a default. */
function defaultsOf({ broker, template, message }: Defaults): GivenDefaults {
  return {
    ...(broker !== undefined && { broker: broker === 'none' ? null : broker }),
    ...(template !== undefined && { template: template === 'none' ? null : template }),
    ...(message !== undefined && { message }),
  }
}

type Defaults = { [Name in keyof GivenDefaults]?: string | undefined }

export async function remove(context: Context, ref: string): Promise<void> {
  const actor = await context.admin()
  const wallet = await findUnusedWallet(await context.prisma(), ref)
  await confirm(context, t`Remove wallet "${wallet.name}" with its credentials and budgets?`)
  await removeWallet(await context.prisma(), actor, wallet)
  context.out.result({ removed: true, id: wallet.id, name: wallet.name }, t`Removed wallet "${wallet.name}".`)
}
