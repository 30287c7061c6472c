import type { ContentKind } from '../../../../broker/port.ts'
import { adapterOf } from '../../../../broker/registry.ts'
import { listBrokers } from '../../../../catalog/brokers.ts'
import { findWallet } from '../../../../catalog/find.ts'
import { brokersOf, chooseBroker, chooseText } from '../../../../catalog/import-choices.ts'
import { listWallets, type Wallet } from '../../../../catalog/wallets.ts'
import { type Preview, previewFile } from '../../../../intake/preview.ts'
import type { Context } from '../../../context.ts'
import { parsePairLists } from '../../../parse-pairs.ts'
import { type ImportOptions, namedText, readingOptions } from './request.ts'

/** The FILE argument of an import. */
export interface Input {
  file: string
  /** Its local path. */
  path: () => Promise<string>
  /** It can be read twice. */
  isPreviewable: boolean
}

/** What is known of an import whose command line is incomplete. */
export interface Known {
  /** The named one, or the only one. */
  wallet: Wallet | undefined
  /** Names of all wallets, unless one is named. */
  wallets: readonly string[]
  /** Of the broker; undefined if the broker is missing. */
  content: ContentKind | undefined
  /** Names to choose from: those at which the wallet has a credential, or all if there is none. */
  brokers: readonly string[]
  hasText: boolean
  preview: Preview | undefined
}

/** @throws CampError NOT_FOUND: a record that the options name; DATA: the file cannot be read */
export async function knownOf(context: Context, input: Input, options: ImportOptions): Promise<Known> {
  const prisma = await context.prisma()
  const wallets = options.wallet === undefined ? (await listWallets(prisma)).map(({ name }) => name) : []
  const only = options.wallet ?? (wallets.length === 1 ? wallets[0] : undefined)
  const wallet = only === undefined ? undefined : await findWallet(prisma, only)
  const withCredential = wallet ? await brokersOf(prisma, wallet) : []
  const brokers = withCredential.length > 0 ? withCredential : await listBrokers(prisma)
  const named = await namedText(context, options)
  const chosen = wallet && (await chooseBroker(prisma, wallet, options.broker))
  const content = chosen && (await adapterOf(chosen.broker.adapter)).content
  const text = wallet && content && (await chooseText(prisma, wallet, content, named))
  return {
    wallet,
    wallets,
    content,
    brokers: brokers.map(({ name }) => name),
    hasText: Object.values(text ?? named).some(value => value != null),
    preview: input.isPreviewable ? await previewOf(context, input, options) : undefined,
  }
}

async function previewOf(context: Context, input: Input, options: ImportOptions): Promise<Preview> {
  const reading = { ...readingOptions(options), signal: context.signal }
  return previewFile(await input.path(), reading, parsePairLists('--map', options.map ?? []))
}

/** Whether neither the command line, the wallet nor the file has a text that this broker takes. */
export function isTextMissing({ content, hasText, preview }: Pick<Known, 'content' | 'hasText' | 'preview'>): boolean {
  if (hasText || content === 'NONE') return false
  return content === 'TEMPLATE' || preview?.hasTexts === false
}
