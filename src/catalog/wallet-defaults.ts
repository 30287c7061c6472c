import type { Prisma, PrismaClient } from '../database/prisma.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { cleanText } from '../message/characters.ts'
import { unclosedIn } from '../message/template.ts'
import { findBroker, findTemplate } from './find.ts'

/** The defaults of a wallet's imports, as typed: a broker and one text, each by name, code or content. null removes a default. */
export interface GivenDefaults {
  broker?: string | null
  template?: string | null
  message?: string | null
}

/** For a query that shows wallets. */
export const WITH_DEFAULTS = {
  default_broker: { select: { name: true } },
  default_template: { select: { template_code: true } },
} as const satisfies Prisma.WalletInclude

/**
 * The columns of the given defaults. A template replaces a default message, and the reverse.
 * @throws CampError BROKER_NOT_FOUND, TEMPLATE_NOT_FOUND; OPTIONS_CONFLICT: template and message; MESSAGE_MISSING, MESSAGE_INVALID
 */
export async function defaultColumns(
  tx: Pick<PrismaClient, 'broker' | 'template'>,
  { broker, template, message }: GivenDefaults,
): Promise<Partial<DefaultColumns>> {
  if (template != null && message != null) {
    throw new CampError('OPTIONS_CONFLICT', t`--message and --template exclude each other`, {
      hint: t`A wallet has one default text. Use only one of them.`,
    })
  }
  if (message != null) assertText(message)
  const text = template === undefined && message === undefined ? undefined : { template, message }
  return {
    ...(broker !== undefined && { default_broker_id: broker === null ? null : (await findBroker(tx, broker)).id }),
    ...(text && {
      default_template_id: template == null ? null : (await findTemplate(tx, template)).id,
      default_message: message ?? null,
    }),
  }
}

/** The columns of a wallet that hold its defaults. */
export type DefaultColumns = Pick<Prisma.WalletModel, 'default_broker_id' | 'default_template_id' | 'default_message'>

/** Its columns are checked by each import, because they depend on the file. */
function assertText(message: string): void {
  if (cleanText(message).trim() === '')
    throw new CampError('MESSAGE_MISSING', t`the message is empty`, { hint: t`Write one: --message "Olá {{nome}}"` })
  const unclosed = unclosedIn(message)
  if (unclosed !== undefined) {
    throw new CampError('MESSAGE_INVALID', t`the message has a placeholder without a name or a brace: ${unclosed}`, {
      hint: t`Write placeholders as {{nome}}.`,
    })
  }
}
