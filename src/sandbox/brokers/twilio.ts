import { createHmac, randomUUID } from 'node:crypto'
import { z } from 'zod'
import {
  type Inbound,
  POISONED,
  type Reply,
  type RequestContext,
  type SimulatedBroker,
  type TellContext,
  type ToldEvent,
  type ToldReply,
} from '../simulated-broker.ts'
import { requestJson, wrongIn } from './read-request.ts'
import { storyAfter } from './status-sequence.ts'

const quirks = z.strictObject({
  /** By phone (E.164 digits): the code with which it refuses a message. */
  codes: z.record(z.string(), z.number().int()).default({}),
  /** Code of a message that fails after it was accepted. */
  failure_code: z.number().int().default(30001),
  /** The token that signs the callbacks of an account whose requests have an API key. */
  auth_token: z.string().default(''),
})

const MESSAGES = /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\.json$/

/**
 * Twilio's Messages (docs/wire/twilio.md): a form per message, a list to look it up in, signed callbacks to each message's own
 * URL.
 */
export const twilioBroker: SimulatedBroker = {
  name: 'TWILIO',
  quirks,
  routes: [
    { method: 'POST', path: MESSAGES, sends: true, take: create },
    { method: 'GET', path: MESSAGES, sends: false, take: list },
  ],
  errors: {
    '400': () => refusal(21211),
    '401': () => refusal(20003),
    '403': () => error(403, undefined, 'The account is suspended'),
    '429': () => refusal(20429),
    '500': () => refusal(20500),
    'accept-500': () => refusal(20500),
  },
  idOf: () => `SM${randomUUID().replaceAll('-', '')}`,
  callbacks: {
    perRequest: 1,
    // A recipient who opted out receives nothing.
    statuses: fate => (fate === 'opt_out' ? ['sent', 'opt_out'] : storyAfter(['sent'], fate)),
    tokenOf: ({ id, message }) => {
      const { account, to, from } = message.content as SentMessage
      return JSON.stringify([id, account, to, from] satisfies Token)
    },
    unknownToken: () => JSON.stringify([`SM${'f'.repeat(32)}`, '', '+5500900000000', '+5500900000099'] satisfies Token),
    write: ([told], context) => post(told!, context),
    reply: replyPost,
  },
}

function error(status: number, code: number | undefined, message: string): Reply {
  return { status, body: { code, message, more_info: 'https://www.twilio.com/docs/errors', status } }
}

const STATUSES: Readonly<Record<number, number>> = { 20003: 401, 20429: 429, 20500: 500, 20404: 404 }

function refusal(code: number): Reply {
  return error(STATUSES[code] ?? 400, code, `the sandbox refuses it with ${code}`)
}

/** What is known about an account: its token, which signs its callbacks, and its first messages by SID, for the list. */
interface Account {
  authToken: string
  messages: Map<string, MessageResource>
}

interface MessageResource {
  sid: string
  to: string
  from: string | null
  /** RFC 2822; null until it is sent. */
  date_sent: string | null
}

const MAX_MESSAGES = 20_000

function accountsOf({ memory }: Pick<RequestContext, 'memory'>): Map<string, Account> {
  return memory(() => new Map<string, Account>())
}

/** HTTP Basic with the account's own SID and token, or with an API key. @returns undefined if they are not valid */
function accountOf({ headers, parts }: Inbound, desk: RequestContext): { sid: string; account: Account } | undefined {
  const sid = decodeURIComponent(parts[0] ?? '')
  const basic = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(headers.authorization ?? '')?.[1] ?? ''
  const [user = '', password] = Buffer.from(basic, 'base64').toString('utf8').split(/:(.*)/s)
  const isApiKey = /^SK[0-9a-fA-F]{32}$/.test(user)
  if (!password || (user !== sid && !isApiKey)) {
    desk.violation("authorization must be HTTP Basic with the account's SID and token, or with an API key")
    return undefined
  }
  const authToken = isApiKey ? quirks.parse(desk.control.quirks).auth_token : password
  const accounts = accountsOf({ memory: make => desk.memory(make) })
  const account = accounts.get(sid) ?? { authToken, messages: new Map() }
  account.authToken = authToken
  accounts.set(sid, account)
  return { sid, account }
}

const number = /^(whatsapp:)?\+\d{8,15}$/
const sid = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`), `must be ${prefix} and 32 digits`)

const form = z
  .strictObject({
    To: z.string().regex(number, 'must be E.164 with a plus'),
    From: z
      .string()
      .regex(/^(whatsapp:)?\+\d{8,15}$|^\d{5,6}$|^[A-Za-z0-9 ]{1,11}$/)
      .optional(),
    MessagingServiceSid: sid('MG').optional(),
    Body: z.string().min(1).max(1600).optional(),
    ContentSid: sid('HX').optional(),
    ContentVariables: z.string().transform(requestJson).pipe(z.record(z.string(), z.string())).optional(),
    ValidityPeriod: z.coerce.number().int().min(1).max(36_000).optional(),
    StatusCallback: z
      .url()
      .refine(url => !new URL(url).hostname.includes('_'), 'must be on a host without an underscore')
      .optional(),
  })
  .refine(({ From, MessagingServiceSid }) => From ?? MessagingServiceSid, 'From or MessagingServiceSid is needed')
  .refine(({ Body, ContentSid }) => (Body === undefined) !== (ContentSid === undefined), 'Body or ContentSid is needed')
  .refine(({ ContentSid, ContentVariables }) => ContentSid ?? !ContentVariables, 'ContentVariables go with ContentSid')
  .refine(
    ({ To, From }) => !From || To.startsWith('whatsapp:') === From.startsWith('whatsapp:'),
    'To and From must be of one channel',
  )

interface SentMessage {
  account: string
  to: string
  from: string | null
  messaging_service_sid: string | null
  body: string | null
  content_sid: string | null
  content_variables: Record<string, string> | null
}

function create(request: Inbound, desk: RequestContext): Reply | typeof POISONED {
  const known = accountOf(request, desk)
  if (!known) return refusal(20003)
  const invalid = (what: string) => error(400, undefined, desk.violation(what))
  if (request.headers['content-type'] !== 'application/x-www-form-urlencoded')
    return invalid('the body must be application/x-www-form-urlencoded')
  const read = form.safeParse(Object.fromEntries(new URLSearchParams(request.body)))
  if (!read.success) {
    return invalid(wrongIn(read.error))
  }
  const { To, From, MessagingServiceSid, Body, ContentSid, ContentVariables, StatusCallback } = read.data
  const content: SentMessage = {
    account: known.sid,
    to: To,
    from: From ?? null,
    messaging_service_sid: MessagingServiceSid ?? null,
    body: Body ?? null,
    content_sid: ContentSid ?? null,
    content_variables: ContentVariables ?? null,
  }
  const phone = To.replace(/\D/g, '')
  const message = { key: phone, phone, content, callbackUrl: StatusCallback }
  if (desk.poisoned([message])) return POISONED
  const code = quirks.parse(desk.control.quirks).codes[phone]
  if (code !== undefined) return refusal(code)
  const [taken] = desk.accept([message])
  if (!taken?.accepted) return refusal(21211)
  return { status: 201, body: keep(known.account, content, taken.id, desk.now()) }
}

/** The message as Twilio shows it: it has no date of sending before it is sent. */
function keep({ messages }: Account, message: SentMessage, id: string, createdAt: Date): object {
  const { account, to, from, messaging_service_sid, body } = message
  const resource = {
    sid: id,
    account_sid: account,
    status: messaging_service_sid === null ? 'queued' : 'accepted',
    direction: 'outbound-api',
    error_code: null,
    to,
    from,
    messaging_service_sid,
    body,
    date_created: rfc2822(createdAt),
    date_sent: null,
    uri: `/2010-04-01/Accounts/${account}/Messages/${id}.json`,
  }
  if (messages.size < MAX_MESSAGES) messages.set(id, resource)
  return resource
}

function rfc2822(at: Date): string {
  return at.toUTCString().replace('GMT', '+0000')
}

const filters = z.strictObject({
  To: z.string().optional(),
  From: z.string().optional(),
  /** ?DateSent>=2026-11-24: the comparison is part of the name. */
  'DateSent>': z.iso.date().or(z.iso.datetime()).optional(),
  PageSize: z.coerce.number().int().min(1).max(1000).default(50),
  Page: z.coerce.number().int().min(0).default(0),
  PageToken: z.string().optional(),
})

/** The latest first. The filter by date is by the date of sending: a queued message is in no filtered list. */
function list(request: Inbound, desk: RequestContext): Reply {
  const known = accountOf(request, desk)
  if (!known) return refusal(20003)
  const read = filters.safeParse(Object.fromEntries(request.query))
  if (!read.success) return error(400, undefined, desk.violation(wrongIn(read.error)))
  const { To, From, PageSize, Page, 'DateSent>': since } = read.data
  const found = [...known.account.messages.values()].filter(
    ({ to, from, date_sent }) =>
      (To === undefined || to === To) &&
      (From === undefined || from === From) &&
      (since === undefined || (date_sent !== null && new Date(date_sent) >= new Date(since))),
  )
  const [start, end] = [Page * PageSize, (Page + 1) * PageSize]
  const messages = found.toReversed().slice(start, end)
  const next_page_uri = end < found.length ? pageUri(known.sid, request.query, Page + 1, messages.at(-1)!.sid) : null
  return { status: 200, body: { page: Page, page_size: PageSize, start, next_page_uri, messages } }
}

/** Without the host, as Twilio writes it. */
function pageUri(account: string, query: URLSearchParams, page: number, lastSid: string): string {
  const next = new URLSearchParams(query)
  next.set('Page', String(page))
  next.set('PageToken', `PA${lastSid}`)
  return `/2010-04-01/Accounts/${account}/Messages.json?${next}`
}

type Token = [id: string, account: string, to: string, from: string | null]

function post({ token, status }: ToldEvent, { url, at, control, forged, memory }: TellContext) {
  const [id, sid, to, from] = JSON.parse(token) as Token
  const accounts = accountsOf({ memory })
  const [accountSid = '', account] = accounts.has(sid) ? [sid, accounts.get(sid)] : ([...accounts][0] ?? [])
  const told = account?.messages.get(id)
  if (told && status !== 'accepted') told.date_sent ??= rfc2822(at)
  const [word, code] = {
    accepted: ['queued'],
    sent: ['sent'],
    delivered: ['delivered'],
    read: ['read'],
    failed: ['failed', quirks.parse(control.quirks).failure_code],
    opt_out: ['undelivered', 21610],
  }[status] as [string, number?]
  const parameters: Record<string, string> = {
    MessageSid: id,
    MessageStatus: word,
    SmsSid: id,
    SmsStatus: word,
    AccountSid: accountSid,
    To: to,
    ...(from !== null && { From: from }),
    ...(code !== undefined && { ErrorCode: String(code) }),
  }
  const authToken = forged ? 'another-token' : (account?.authToken ?? '')
  return {
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'x-twilio-signature': signature(authToken, url, parameters),
    },
    body: new URLSearchParams(parameters).toString(),
  }
}

/** To the sender's own URL, not to that of the message. */
function replyPost({ token, id, text, payload }: ToldReply, { url, memory }: TellContext) {
  const [sent, accountSid, to, from] = JSON.parse(token) as Token
  const messageSid = `SM${id.replaceAll('-', '')}`
  const common = url.replace(/\?.*/s, '')
  const parameters: Record<string, string> = {
    MessageSid: messageSid,
    SmsSid: messageSid,
    SmsStatus: 'received',
    AccountSid: accountSid,
    From: to,
    ...(from !== null && { To: from }),
    Body: text,
    NumMedia: '0',
    ...(payload !== undefined && { ButtonText: text, ButtonPayload: payload, OriginalRepliedMessageSid: sent }),
    ...(/^stop$/i.test(text) && { OptOutType: 'STOP' }),
  }
  const authToken = accountsOf({ memory }).get(accountSid)?.authToken ?? ''
  return {
    url: common,
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'x-twilio-signature': signature(authToken, common, parameters),
    },
    body: new URLSearchParams(parameters).toString(),
  }
}

/**
 * X-Twilio-Signature of a form (docs/wire/twilio.md#signature), implemented independently: it must not share the adapter's
 * mistakes.
 */
function signature(authToken: string, url: string, parameters: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHmac('sha1', authToken)
    .update(url + sorted.flat().join(''))
    .digest('base64')
}
