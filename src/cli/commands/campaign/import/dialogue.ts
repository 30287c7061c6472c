import type { Adapter } from '../../../../broker/port.ts'
import { adapterOf } from '../../../../broker/registry.ts'
import { listBrokers } from '../../../../catalog/brokers.ts'
import { findTemplate, findWallet } from '../../../../catalog/find.ts'
import { brokersOf, chooseBroker, chooseText } from '../../../../catalog/import-choices.ts'
import { listTemplates } from '../../../../catalog/templates.ts'
import { CampError, messageOf } from '../../../../errors.ts'
import { prepareMessage } from '../../../../intake/message.ts'
import type { Preview } from '../../../../intake/preview.ts'
import { t } from '../../../../language/text.ts'
import type { NamedColumn } from '../../../../message/column-index.ts'
import { bindTemplate, variablesIn } from '../../../../message/template.ts'
import { uniqueNames } from '../../../../tabular/header-names.ts'
import type { Context } from '../../../context.ts'
import { parsePairLists, parsePairs } from '../../../parse-pairs.ts'
import { askText, choose } from '../../../prompt.ts'
import { commandLines } from './command-line.ts'
import { firstRows } from './first-rows.ts'
import { isTextMissing, type Known } from './known.ts'
import { type CompleteOptions, type ImportOptions, namedText } from './request.ts'

/**
 * Asks for what the command line, the wallet's defaults and the file leave open, and prints the command line that says all of it.
 * Writes nothing.
 * @throws CampError INTERRUPTED by Ctrl-C; NOT_FOUND: there is no wallet, broker or template to choose
 */
export async function askForMissing(
  context: Context,
  file: string,
  given: ImportOptions,
  known: Known & { preview: Preview },
): Promise<CompleteOptions> {
  const { preview } = known
  const { width } = context.out
  context.out.talk(firstRows(preview, width))
  const prisma = await context.prisma()
  const name = given.wallet ?? (await walletName(context, known.wallets))
  const wallet = await findWallet(prisma, name)
  const options: CompleteOptions = { ...given, wallet: name }
  let chosen = await chooseBroker(prisma, wallet, options.broker)
  if (!chosen) {
    options.broker = await brokerName(context, wallet)
    chosen = (await chooseBroker(prisma, wallet, options.broker))!
  }
  if (preview.phoneUndecided) options.map = [...(options.map ?? []), `phone=${await phoneColumn(context, preview)}`]
  const adapter = await adapterOf(chosen.broker.adapter)
  const text = await chooseText(prisma, wallet, adapter.content, await namedText(context, options))
  const hasText = text.source !== null
  if (isTextMissing({ content: adapter.content, hasText, preview }))
    Object.assign(options, await textOptions(context, adapter, preview, options))
  context.out.talk([t`The same without questions:`, ...commandLines(file, options, width)])
  return options
}

async function walletName(context: Context, names: readonly string[]): Promise<string> {
  const [only, ...others] = names
  if (only === undefined) {
    throw new CampError('WALLET_NOT_FOUND', t`there is no wallet yet`, {
      hint: t`An ADMIN adds one: camp wallet add NAME --idgis N`,
    })
  }
  return others.length === 0 ? only : choose(context, t`Which wallet pays?`, named(names))
}

async function brokerName(context: Context, wallet: { id: string }): Promise<string> {
  const prisma = await context.prisma()
  const own = await brokersOf(prisma, wallet)
  const brokers = own.length > 0 ? own : await listBrokers(prisma)
  const [only, ...others] = brokers.map(({ name }) => name)
  if (only === undefined) {
    throw new CampError('BROKER_NOT_FOUND', t`there is no broker yet`, {
      hint: t`An ADMIN adds one: camp broker add NAME --adapter ADAPTER --cost AMOUNT`,
    })
  }
  return others.length === 0 ? only : choose(context, t`Which broker sends?`, named([only, ...others]))
}

/** By the name that --map takes. */
function phoneColumn(context: Context, { headers, rows }: Preview): Promise<string> {
  const choices = uniqueNames(headers).map((name, i) => {
    const example = rows.map(cells => cells[i] ?? '').find(cell => cell.trim() !== '')
    return { name: example === undefined ? name : `${name}: ${example.slice(0, 30)}`, value: name }
  })
  return choose(context, t`Which column has the phones?`, choices)
}

type TextOptions = Pick<ImportOptions, 'message' | 'template' | 'var'>

async function textOptions(
  context: Context,
  adapter: Pick<Adapter, 'name' | 'content' | 'texts'>,
  preview: Preview,
  options: ImportOptions,
): Promise<TextOptions> {
  const columns = preview.named(parsePairLists('--map', options.map ?? []))
  const templates = adapter.content === 'TEXT' ? [] : await listTemplates(await context.prisma())
  const choices = templates.map(({ template_code: code, content }) => ({ name: `${code}: ${content}`, value: code }))
  if (adapter.content === 'TEMPLATE' && choices.length === 0) {
    throw new CampError('TEMPLATE_NOT_FOUND', t`${adapter.name} accepts only templates, and there is none yet`, {
      hint: t`An ADMIN adds one: camp template add NAME --code CODE --content TEXT`,
    })
  }
  const own = adapter.content === 'TEMPLATE' ? [] : [{ name: t`Write a text`, value: '' }]
  const code = choices.length === 0 ? '' : await choose(context, t`Which text is sent?`, [...own, ...choices])
  if (code !== '') return { template: code, ...(await variableOptions(context, code, columns, options)) }
  context.out.talk(t`Columns for the text: ${columns.map(({ header }) => `{{${header}}}`).join(' ')}`)
  const message = await askText(context, t`Text:`, typed => {
    try {
      prepareMessage(typed, columns, adapter.texts ?? {})
      return undefined
    } catch (error) {
      return messageOf(error)
    }
  })
  return { message }
}

/** The columns of the template's variables that no column has the name of. */
async function variableOptions(
  context: Context,
  code: string,
  columns: readonly NamedColumn[],
  options: ImportOptions,
): Promise<TextOptions> {
  const { content } = await findTemplate(await context.prisma(), code)
  const assigned = parsePairs('--var', options.var ?? [])
  const pairs = [...(options.var ?? [])]
  for (const variable of variablesIn(content)) {
    if (Object.hasOwn(assigned, variable) || isFilled(variable, columns)) continue
    const column = await choose(
      context,
      t`Which column fills {{${variable}}} of "${content}"?`,
      named(columns.map(({ name }) => name)),
    )
    pairs.push(`${variable}=${column}`)
  }
  return pairs.length > 0 ? { var: pairs } : {}
}

function isFilled(variable: string, columns: readonly NamedColumn[]): boolean {
  try {
    bindTemplate({ code: '', content: `{{${variable}}}` }, {}, columns)
    return true
  } catch {
    return false
  }
}

function named(names: readonly string[]): { name: string; value: string }[] {
  return names.map(name => ({ name, value: name }))
}
