import type { Adapter } from '../../../../broker/port.ts'
import { adapterOf } from '../../../../broker/registry.ts'
import { findWallet } from '../../../../catalog/find.ts'
import { type ChosenText, chooseBroker, chooseText, type Source } from '../../../../catalog/import-choices.ts'
import { CampError } from '../../../../errors.ts'
import type { ImportRequest } from '../../../../intake/request.ts'
import { t } from '../../../../language/text.ts'
import { openCredentialOf } from '../../../../security/open-credential.ts'
import { parseDelimiter } from '../../../../tabular/delimiter.ts'
import { parseEncoding } from '../../../../tabular/encoding.ts'
import { readTextFile } from '../../../../tabular/text-file.ts'
import type { OptionsOf } from '../../../command.ts'
import type { Context } from '../../../context.ts'
import { parsePairLists } from '../../../parse-pairs.ts'
import type * as commands from '../index.ts'
import { readSettings } from './settings.ts'

export type ImportOptions = OptionsOf<typeof commands.importFile>

/** Options with a wallet, and with a broker or a wallet that decides it (src/cli/commands/campaign/import/complete.ts). */
export type CompleteOptions = ImportOptions & { wallet: string }

/** An import's request, and what decided its parts. */
export interface ReadRequest {
  request: ImportRequest
  options: CompleteOptions
  /** Names. */
  wallet: string
  broker: string
  brokerFrom: Source
  textFrom: ChosenText['source']
}

/** @throws CampError USAGE, NOT_FOUND */
export async function readRequest(
  context: Context,
  userId: string,
  file: string,
  options: CompleteOptions,
): Promise<ReadRequest> {
  const prisma = await context.prisma()
  const wallet = await findWallet(prisma, options.wallet)
  const { broker, source: brokerFrom } = (await chooseBroker(prisma, wallet, options.broker))!
  const adapter = await adapterOf(broker.adapter)
  const text = await chooseText(prisma, wallet, adapter.content, await namedText(context, options))
  const { template } = text
  const request: ImportRequest = {
    ...readSettings(options, { now: context.clock.now(), timezone: context.config.timezone }),
    message: text.message,
    file,
    name: options.name ?? null,
    userId,
    wallet: { id: wallet.id },
    broker: {
      id: broker.id,
      cost: broker.cost_per_message.toFixed(4),
      maxBatch: broker.max_batch,
      rateLimit: broker.rate_limit?.toString() ?? null,
    },
    adapter,
    template: template && { id: template.id, code: template.template_code, content: template.content },
    map: parsePairLists('--map', options.map ?? []),
    allPhones: options.allPhones ?? false,
    repairNinthDigit: options.repairNinthDigit ?? false,
    ...(await byCredential(context, adapter, { wallet_id: wallet.id, broker_id: broker.id })),
    ...readingOptions(options),
    fish: options.fish,
    again: options.again ?? false,
    dryRun: options.dryRun ?? false,
    rejects: options.rejects ?? null,
    overwrite: options.overwrite ?? false,
    timezone: context.config.timezone,
  }
  return { request, options, wallet: wallet.name, broker: broker.name, brokerFrom, textFrom: text.source }
}

/** How the file is to be read, where it is not detected. @throws CampError USAGE */
export function readingOptions({ encoding, delimiter, sheet, headerRow }: ReadingOptions) {
  return {
    encoding: encoding === undefined ? null : parseEncoding(encoding),
    delimiter: delimiter === undefined ? null : parseDelimiter(delimiter),
    sheet: sheet ?? null,
    headerRow: headerRow ?? null,
  }
}

type ReadingOptions = Pick<ImportOptions, 'encoding' | 'delimiter' | 'sheet' | 'headerRow'>

/** The text that the command line gives. @throws CampError OPTIONS_CONFLICT: twice; NOT_FOUND, DATA: its file cannot be read */
export async function namedText(
  context: Context,
  { message, messageFile, template }: Pick<ImportOptions, 'message' | 'messageFile' | 'template'>,
): Promise<{ message: string | undefined; template: string | undefined }> {
  if (messageFile === undefined) return { message, template }
  if (message !== undefined) {
    throw new CampError('OPTIONS_CONFLICT', t`--message and --message-file exclude each other`, {
      hint: t`Use only one of them.`,
    })
  }
  return { message: await readTextFile(await context.inputFile(messageFile), context.signal), template }
}

/** What depends on the wallet's credential, which may be set until the campaign is approved. */
async function byCredential(
  context: Context,
  adapter: Adapter,
  place: { wallet_id: string; broker_id: string },
): Promise<Pick<ImportRequest, 'billsSegments' | 'objection'>> {
  const { billsSegments, objection } = adapter
  if (!billsSegments && !objection) return { billsSegments: false, objection: null }
  const opened = await openCredentialOf(await context.pool(), await context.keys(), adapter, place)
  if (!opened || opened.flaw !== undefined) return { billsSegments: billsSegments ? null : false, objection: null }
  const { config } = opened
  return {
    billsSegments: billsSegments?.(config) ?? false,
    objection: objection ? campaign => objection(campaign, config) : null,
  }
}
