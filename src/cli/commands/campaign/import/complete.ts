import { findWallet } from '../../../../catalog/find.ts'
import { chooseBroker } from '../../../../catalog/import-choices.ts'
import type { ErrorCode } from '../../../../error-codes.ts'
import { CampError } from '../../../../errors.ts'
import { t } from '../../../../language/text.ts'
import type { Context } from '../../../context.ts'
import { hasTerminal } from '../../../prompt.ts'
import { commandLine } from './command-line.ts'
import { askForMissing } from './dialogue.ts'
import { type Input, isTextMissing, type Known, knownOf } from './known.ts'
import type { CompleteOptions, ImportOptions } from './request.ts'

/**
 * The options with a wallet and a broker. On a terminal the missing ones are asked for, and all else that the file does not tell.
 * @throws CampError IMPORT_INCOMPLETE without a terminal: it names everything that is missing; INTERRUPTED by Ctrl-C
 */
export async function completed(context: Context, input: Input, options: ImportOptions): Promise<CompleteOptions> {
  const { wallet: name, broker } = options
  if (name !== undefined) {
    const prisma = await context.prisma()
    if (await chooseBroker(prisma, await findWallet(prisma, name), broker)) return { ...options, wallet: name }
  }
  return complete(context, input, options)
}

/**
 * The options of an import that failed because the file does not tell what the command line leaves out.
 * @throws the error if it has another cause, or if it says everything; otherwise as `completed`
 */
export async function completedAfter(
  context: Context,
  error: unknown,
  input: Input,
  options: CompleteOptions,
): Promise<CompleteOptions> {
  const isIncomplete = error instanceof CampError && INCOMPLETE.includes(error.code)
  if (!isIncomplete || !input.isPreviewable) throw error
  return complete(context, input, options, error)
}

const INCOMPLETE: readonly ErrorCode[] = [
  'PHONE_COLUMN_MISSING',
  'COLUMN_AMBIGUOUS',
  'MESSAGE_MISSING',
  'MESSAGE_KIND_REFUSED',
]

async function complete(
  context: Context,
  input: Input,
  options: ImportOptions,
  error?: CampError,
): Promise<CompleteOptions> {
  const known = await knownOf(context, input, options)
  const missing = missingIn(options, known)
  const { preview } = known
  const isAnswerable = hasTerminal(context) && preview !== undefined
  if (error && (missing.length === 0 || (missing.length === 1 && !isAnswerable))) throw error
  if (!isAnswerable) throw incomplete(input.file, options, known, missing)
  return askForMissing(context, input.file, options, { ...known, preview })
}

/** What an import still needs: a sentence's part, the option that gives it, and an example of its value. */
interface Missing {
  what: string
  option: Partial<ImportOptions>
}

function missingIn(options: ImportOptions, known: Known): Missing[] {
  const { wallet, wallets, content, brokers, preview } = known
  return [
    options.wallet === undefined && {
      what: t`the wallet that pays (${listed(wallets, 'camp wallet add')})`,
      option: { wallet: wallet?.name ?? 'WALLET' },
    },
    options.broker === undefined &&
      !content && {
        what: t`the broker that sends (${listed(brokers, 'camp broker add')})`,
        option: { broker: brokers.length === 1 ? brokers[0]! : 'BROKER' },
      },
    isTextMissing(known) &&
      (content === 'TEMPLATE'
        ? { what: t`the template`, option: { template: 'CODE' } }
        : { what: t`a text or a template`, option: { message: 'Olá {{nome}}' } }),
    preview?.phoneUndecided && {
      what: t`the column of the phones (${preview.headers.join(', ')})`,
      option: { map: ['phone=COLUMN'] },
    },
  ].filter(part => part !== undefined && part !== false)
}

function listed(names: readonly string[], add: string): string {
  if (names.length === 0) return t`there is none yet: ${add}`
  return names.length > 6 ? `${names.slice(0, 6).join(', ')}, …` : names.join(', ')
}

function incomplete(file: string, options: ImportOptions, known: Known, missing: readonly Missing[]): CampError {
  const example = { ...options }
  for (const { option } of missing) Object.assign(example, mapped(options, option))
  return new CampError('IMPORT_INCOMPLETE', t`the import needs ${missing.map(({ what }) => what).join('; ')}`, {
    hint: [
      t`Write: ${commandLine(file, example)}`,
      ...(known.wallet && !known.content
        ? [t`A wallet can have a default: camp wallet set "${known.wallet.name}" --broker BROKER`]
        : []),
    ],
  })
}

function mapped(options: ImportOptions, { map, ...others }: Partial<ImportOptions>): Partial<ImportOptions> {
  return map === undefined ? others : { ...others, map: [...(options.map ?? []), ...map] }
}
