import { listBudgets, setBudget } from '../budget/budget.ts'
import { formatMoney, type Money, moneyOf, parseAmount } from '../budget/money.ts'
import { formatMonth, type Month } from '../budget/month.ts'
import type { Step } from './deps.ts'
import type { LegacyRow } from './source/row.ts'
import type { Survey } from './survey.ts'
import { newestOf, type WalletRef, type Wallets } from './wallets.ts'

const TABLE = 'pc_orcamentos_bases'

interface WantedBudget {
  wallet: WalletRef
  month: Month
  limit: Money
  ids: string[]
}

/**
 * Takes the old budgets. The old system has one for each base; camp has one for each wallet: the sum of its bases. A limit that camp
 * has already stays.
 * @returns the ids of the budgets that have the old limit
 */
export async function takeBudgets(step: Step, survey: Survey, wallets: Wallets): Promise<string[]> {
  const { deps, request, tally } = step
  const existing = new Map(
    (await listBudgets(deps.pool, null)).map(budget => [`${budget.wallet} ${formatMonth(budget)}`, budget]),
  )
  const taken: string[] = []
  for (const { wallet, month, limit, ids } of wantedBudgets(step, survey, wallets)) {
    const there = existing.get(`${wallet.name} ${formatMonth(month)}`)
    if (there && moneyOf(there.budget) !== limit) {
      const detail = `camp has another limit for ${formatMonth(month)}, which stays`
      for (const id of ids) tally.refused({ table: TABLE, id, code: 'ALREADY_SET', detail })
      continue
    }
    if (there) taken.push(there.id)
    else if (!request.dryRun) {
      const change = { walletId: wallet.id, month, limit: formatMoney(limit).slice(0, -2), userId: request.userId }
      taken.push((await setBudget(deps.pool, change)).id)
    }
    if (there) tally.already(TABLE, ids.length)
    else tally.taken(TABLE, ids.length)
  }
  return taken
}

/** By wallet and month. */
function wantedBudgets({ tally }: Step, survey: Survey, wallets: Wallets): Iterable<WantedBudget> {
  const walletsOf = walletsByBase(survey, wallets)
  const wanted = new Map<string, WantedBudget>()
  for (const row of survey.rows[TABLE]) {
    const id = row.id ?? ''
    const [month, limit] = [monthOf(row), amountOf(row.orcamento_total)]
    const owners = [...(walletsOf.get(row.nome_base ?? '') ?? [])]
    if (!month) tally.refused({ table: TABLE, id, code: 'MONTH_MISSING', detail: 'it has no month and year' })
    else if (limit === undefined)
      tally.refused({ table: TABLE, id, code: 'INVALID_AMOUNT', detail: 'its orcamento_total is not an amount' })
    else if (owners.length !== 1) {
      const detail = owners.length === 0 ? 'no wallet has its base' : 'several wallets have its base'
      tally.refused({ table: TABLE, id, code: 'WALLET_UNKNOWN', detail })
    } else {
      const wallet = owners[0]!
      const key = `${wallet.id} ${formatMonth(month)}`
      const known = wanted.get(key) ?? { wallet, month, limit: 0n, ids: [] }
      known.limit += limit
      known.ids.push(id)
      wanted.set(key, known)
    }
  }
  return wanted.values()
}

function walletsByBase(survey: Survey, { byRow }: Wallets): Map<string, Set<WalletRef>> {
  const found = new Map<string, Set<WalletRef>>()
  for (const { nome_base: base, carteira_id: row } of newestOf(
    survey,
    'pc_carteiras_bases_v2',
    'pc_carteiras_bases',
  )[1]) {
    const wallet = byRow.get(row ?? '')
    if (base && wallet) found.set(base, (found.get(base) ?? new Set()).add(wallet))
  }
  return found
}

function monthOf({ mes, ano }: LegacyRow): Month | undefined {
  const [month, year] = [Number(mes), Number(ano)]
  return month >= 1 && month <= 12 && year >= 2000 && year < 2100 ? { year, month } : undefined
}

function amountOf(text: string | null | undefined): Money | undefined {
  try {
    return moneyOf(parseAmount(text ?? '', 2))
  } catch {
    return undefined
  }
}
