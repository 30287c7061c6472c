import { notDueLeads } from '../../../campaign/actions/not-due.ts'
import { retryFailed } from '../../../campaign/actions/retry.ts'
import { queryBroker } from '../../../campaign/doubt/query-broker.ts'
import { countInDoubt, resolveClosing, resolveLeads } from '../../../campaign/doubt/resolve.ts'
import { findCampaign } from '../../../campaign/read/find.ts'
import { campaignView } from '../../../campaign/read/view.ts'
import { CampError } from '../../../errors.ts'
import { createHttp, httpOptions } from '../../../http/client.ts'
import { storedText } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import type { Resolution } from '../../../lifecycle/lead-verdicts.ts'
import { parsePhone } from '../../../recipient/phone.ts'
import { dateTimeText } from '../../../time/date-time-text.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { whatNext } from '../../next.ts'
import { confirm } from '../../prompt.ts'
import { toMove } from './actions.ts'
import type * as commands from './index.ts'
import { number } from './text.ts'

type ResolveOptions = OptionsOf<typeof commands.resolve>

type About = (leads: string, handle: string) => string

const QUESTIONS: Readonly<Record<Resolution, { leads: About; closing: (handle: string) => string }>> = {
  SENT: {
    leads: (leads, handle) => t`Count ${leads} leads in doubt of ${handle} as sent?`,
    closing: handle => t`Count the last step of ${handle} as sent?`,
  },
  NOT_SENT: {
    leads: (leads, handle) => t`Count ${leads} leads in doubt of ${handle} as not sent?`,
    closing: handle => t`Count the last step of ${handle} as not sent?`,
  },
  RESEND: {
    leads: (leads, handle) =>
      t`Send ${leads} leads in doubt of ${handle} again? A recipient who already received it receives it twice.`,
    closing: handle => t`Send the last step of ${handle} again? A recipient who already received it receives it twice.`,
  },
}

const DONE: Readonly<Record<Resolution, { leads: About; closing: () => string }>> = {
  SENT: {
    leads: (leads, handle) => t`${leads} leads of ${handle} are counted as sent.`,
    closing: () => t`Its last step is counted as sent.`,
  },
  NOT_SENT: {
    leads: (leads, handle) => t`${leads} leads of ${handle} are counted as not sent.`,
    closing: () => t`Its last step is counted as not sent.`,
  },
  RESEND: {
    leads: (leads, handle) => t`${leads} leads of ${handle} are to be sent again.`,
    closing: () => t`Its last step is to be sent again.`,
  },
}

export async function resolve(context: Context, ref: string, options: ResolveOptions): Promise<void> {
  if (options.ask) return ask(context, ref, options)
  const verdict = verdictOf(options)
  if (options.closing && options.lead)
    throw new CampError('OPTIONS_CONFLICT', t`--lead and --closing exclude each other`)
  const pool = await context.pool()
  const actor = await context.admin()
  const { id, agendamento_id } = await findCampaign(pool, ref, await context.actor())
  const leads = options.lead?.map(lead => parsePhone(lead).phone ?? lead) ?? null
  const count = await countInDoubt(pool, id, { leads, closing: options.closing ?? false })
  const question = QUESTIONS[verdict]
  await confirm(
    context,
    options.closing ? question.closing(agendamento_id) : question.leads(number(count), agendamento_id),
  )
  const request = { verdict, userId: actor.id, leads }
  let resolved = 0
  if (options.closing) await resolveClosing({ pool, clock: context.clock }, id, request)
  else resolved = await resolveLeads({ pool, clock: context.clock, queues: await context.queues() }, id, request)
  const done = options.closing ? DONE[verdict].closing() : DONE[verdict].leads(number(resolved), agendamento_id)
  context.out.result({ ...(await campaignView(pool, id)), resolved }, done)
  for (const line of (await whatNext(context, id)).next) context.out.talk(line)
}

async function ask(context: Context, ref: string, options: ResolveOptions): Promise<void> {
  const others = [options.sent, options.notSent, options.resend, options.closing, options.lead]
  if (others.some(Boolean))
    throw new CampError(
      'OPTIONS_CONFLICT',
      t`--ask cannot be combined with --sent, --not-sent, --resend, --closing or --lead`,
    )
  const pool = await context.pool()
  await context.admin()
  const { id, agendamento_id } = await findCampaign(pool, ref, await context.actor())
  const http = createHttp(httpOptions(context.config, context.clock))
  try {
    const asked = await queryBroker({ pool, clock: context.clock, keys: await context.keys(), http }, id)
    const { found, absent, unknown, reasons } = asked
    context.out.result({ ...(await campaignView(pool, id)), asked }, [
      t`Of ${agendamento_id} the broker has ${number(found)} messages that were in doubt, does not have
        ${number(absent)}, and cannot tell for ${number(unknown)}.`,
      ...reasons.map(reason => `  ${storedText(reason)}`),
    ])
    if (absent > 0) context.out.talk(t`For those it does not have, decide with --resend or --not-sent, by --lead.`)
    if (found + absent === 0 && reasons.length > 0) {
      throw new CampError(
        'BROKER_UNREACHABLE',
        t`the broker could not be queried about any of them: ${storedText(reasons[0]!)}`,
      )
    }
  } finally {
    await http.close()
  }
}

function verdictOf({ sent, notSent, resend }: ResolveOptions): Resolution {
  const given = [sent && 'SENT', notSent && 'NOT_SENT', resend && 'RESEND'].filter(Boolean) as Resolution[]
  if (given.length === 1) return given[0]!
  throw new CampError('ARGUMENT_MISSING', t`exactly one of --sent, --not-sent, --resend and --ask is required`, {
    hint: t`First check at the broker whether it has these messages.`,
  })
}

export async function retry(context: Context, ref: string, options: OptionsOf<typeof commands.retry>): Promise<void> {
  const pool = await context.pool()
  const { actor, campaign } = await toMove(context, 'campaign retry', ref)
  const { id, agendamento_id } = campaign
  const codes = options.only?.map(code => code.toUpperCase())
  const retried = await retryFailed(
    { pool, clock: context.clock, timezone: context.config.timezone },
    id,
    actor.id,
    codes,
  )
  const { seqs, dueAt } = await notDueLeads(pool, id, context.clock.now())
  const view = await campaignView(pool, id)
  const { outlook, next } = await whatNext(context, id)
  context.out.result(
    { ...view, ...outlook, retried, not_due: seqs.length, due_at: dueAt },
    t`${number(retried)} leads of ${agendamento_id} will be sent again.`,
  )
  if (dueAt) {
    const at = dateTimeText(dueAt, { now: context.clock.now(), timezone: context.config.timezone })
    context.out.talk(t`${number(seqs.length)} failed leads are not due yet; the first is due at ${at}.`)
  }
  for (const line of next) context.out.talk(line)
}
