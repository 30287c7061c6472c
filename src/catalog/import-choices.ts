import type { Adapter } from '../broker/port.ts'
import type { Prisma, PrismaClient } from '../database/prisma.ts'
import { findBroker, findTemplate } from './find.ts'
import type { DefaultColumns } from './wallet-defaults.ts'

/** Where a part of an import comes from: its command line, the wallet's default, or the wallet's only credential. */
export type Source = 'option' | 'default' | 'only_credential'

interface ChosenBroker {
  broker: Prisma.BrokerModel
  source: Source
}

/**
 * The broker of an import: the named one; else the wallet's default; else the one at which the wallet has its only credential.
 * @returns undefined if none of them decides
 * @throws CampError BROKER_NOT_FOUND
 */
export async function chooseBroker(
  prisma: Pick<PrismaClient, 'broker'>,
  wallet: Pick<Prisma.WalletModel, 'id' | 'default_broker_id'>,
  named: string | undefined,
): Promise<ChosenBroker | undefined> {
  if (named !== undefined) return { broker: await findBroker(prisma, named), source: 'option' }
  if (wallet.default_broker_id !== null) {
    return {
      broker: await prisma.broker.findUniqueOrThrow({ where: { id: wallet.default_broker_id } }),
      source: 'default',
    }
  }
  const [broker, ...others] = await brokersOf(prisma, wallet)
  return broker && others.length === 0 ? { broker, source: 'only_credential' } : undefined
}

/** The brokers at which a wallet has a credential, sorted by name. */
export function brokersOf(
  { broker }: Pick<PrismaClient, 'broker'>,
  { id }: Pick<Prisma.WalletModel, 'id'>,
): Promise<Prisma.BrokerModel[]> {
  return broker.findMany({ where: { credentials: { some: { wallet_id: id } } }, orderBy: { name: 'asc' } })
}

export interface ChosenText {
  message: string | null
  template: Prisma.TemplateModel | null
  /** null: no text is chosen; a column of the file may have it. */
  source: Exclude<Source, 'only_credential'> | null
}

/**
 * The text of an import: the named one; else the wallet's default, if the broker takes a text of its kind.
 * @throws CampError TEMPLATE_NOT_FOUND
 */
export async function chooseText(
  prisma: Pick<PrismaClient, 'template'>,
  wallet: Pick<DefaultColumns, 'default_template_id' | 'default_message'>,
  content: Adapter['content'],
  named: { message: string | undefined; template: string | undefined },
): Promise<ChosenText> {
  const { message, template } = named
  if (message !== undefined || template !== undefined) {
    const found = template === undefined ? null : await findTemplate(prisma, template)
    return { message: message ?? null, template: found, source: 'option' }
  }
  const { default_message, default_template_id: id } = wallet
  if (default_message !== null && (content === 'TEXT' || content === 'EITHER'))
    return { message: default_message, template: null, source: 'default' }
  if (id !== null && (content === 'TEMPLATE' || content === 'EITHER')) {
    return {
      message: null,
      template: await prisma.template.findUniqueOrThrow({ where: { id } }),
      source: 'default',
    }
  }
  return { message: null, template: null, source: null }
}
