import { z } from 'zod'
import type { Http } from '../../http/client.ts'
import { numberText } from '../../language/format.ts'
import { t } from '../../language/text.ts'
import { failedTest, isSuccess } from '../classify-response.ts'
import type { DoubtfulMessage, FindResult } from '../port.ts'
import { excerpt } from '../redact.ts'
import { jsonOf } from '../wire-format.ts'
import { secretsOf, type TwilioCredential } from './credential.ts'
import { headersOf, messagesUrl, recipientOf } from './request.ts'

const PAGE_SIZE = 1000
const MOST_PAGES = 5

/**
 * Searches the account's messages to this recipient (docs/wire/twilio.md#finding-a-message). It does not filter by date: Twilio's
 * filter is by the date of sending, which a queued message does not have.
 */
export async function findMessage(
  message: DoubtfulMessage,
  credential: TwilioCredential,
  http: Http,
): Promise<FindResult> {
  const url = new URL(messagesUrl(credential))
  url.searchParams.set('To', recipientOf(message.phone, credential))
  url.searchParams.set('PageSize', String(PAGE_SIZE))
  const near: Listed[] = []
  for (let page = 1; ; page++) {
    const answer = await http.request({ method: 'GET', url: url.href, headers: headersOf(credential) })
    if (!isSuccess(answer)) return { kind: 'UNKNOWN', reason: failedTest(answer, secretsOf(credential)).detail }
    const { data } = list.safeParse(jsonOf(answer.body))
    if (!data) return { kind: 'UNKNOWN', reason: t`an unreadable list${excerpt(answer.body, secretsOf(credential))}` }
    near.push(...data.messages.filter(listed => isNear(listed, message)))
    const isWhole = !data.next_page_uri
    if (isWhole || page === MOST_PAGES) return judged(near, message, { isWhole, now: http.clock.now() })
    // Its query alone: the key is sent to no other address than the credential's.
    url.search = new URL(data.next_page_uri!, url).search
  }
}

const listed = z.object({
  sid: z.string().min(1),
  body: z.string().nullish(),
  direction: z.string().nullish(),
  /** RFC 2822. */
  date_created: z.string().refine(date => !Number.isNaN(Date.parse(date))),
})

type Listed = z.infer<typeof listed>

const list = z.object({ messages: z.array(listed), next_page_uri: z.string().nullish() })

/** Much longer than any timeout: an earlier message to this recipient is a different one. */
const LONGEST_REQUEST_MS = 10 * 60_000

/** The list's seconds have no fraction, and its clock may differ slightly from ours. */
const CLOCKS_MS = 60_000

/** Whether it was created while the request was running. */
function isNear({ date_created, direction }: Listed, { givenUpAt }: DoubtfulMessage): boolean {
  const lateMs = Date.parse(date_created) - givenUpAt.getTime()
  return direction !== 'inbound' && lateMs >= -LONGEST_REQUEST_MS - CLOCKS_MS && lateMs <= CLOCKS_MS
}

/** A message may be missing from the list for 10 to 15 minutes. */
const LISTED_AFTER_MS = 15 * 60_000

function judged(
  near: readonly Listed[],
  { text, givenUpAt }: DoubtfulMessage,
  { isWhole, now }: { isWhole: boolean; now: Date },
): FindResult {
  const found = near.filter(({ body }) => text === null || plain(body ?? '') === plain(text))
  if (found.length > 1) return { kind: 'UNKNOWN', reason: t`${found.length} messages match` }
  if (found[0]) return { kind: 'FOUND', providerId: found[0].sid }
  // Twilio may replace characters (Smart Encoding), or remove the text.
  if (near.length > 0) return { kind: 'UNKNOWN', reason: t`its message to this person at that time has another text` }
  if (!isWhole) {
    const read = numberText(PAGE_SIZE * MOST_PAGES)
    return { kind: 'UNKNOWN', reason: t`it has more than ${read} messages to this person, and no more are read` }
  }
  if (now.getTime() - givenUpAt.getTime() < LISTED_AFTER_MS)
    return { kind: 'UNKNOWN', reason: t`Twilio lists some messages only after 15 minutes: query it again later` }
  return { kind: 'ABSENT' }
}

/** Without differences that a list may add or remove. */
function plain(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim()
}
