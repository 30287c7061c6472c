import { z } from 'zod'
import type { HttpAnswer } from '../../http/client.ts'
import { failedTest, isSuccess } from '../classify-response.ts'
import type { FindResult } from '../port.ts'
import { excerpt } from '../redact.ts'
import { jsonOf } from '../wire-format.ts'

const list = z.object({
  messages: z.array(
    z.object({
      sid: z.string().min(1),
      body: z.string().nullish(),
      /** RFC 2822. */
      date_created: z.string().refine(date => !Number.isNaN(Date.parse(date))),
    }),
  ),
})

export interface Sought {
  from: Date
  to: Date
  /** null: a template's, which the list shows rendered. */
  text: string | null
}

/** The matching message of the list, if there is one. */
export function readList(answer: HttpAnswer, { from, to, text }: Sought, secrets: readonly string[]): FindResult {
  if (!isSuccess(answer)) return { kind: 'UNKNOWN', reason: failedTest(answer, secrets).detail }
  const read = list.safeParse(jsonOf(answer.body))
  if (!read.success) return { kind: 'UNKNOWN', reason: `an unreadable list${excerpt(answer.body, secrets)}` }
  const found = read.data.messages.filter(({ date_created, body }) => {
    const created = Date.parse(date_created)
    // Its seconds have no fraction, and its clock may differ slightly from ours.
    const then = created >= from.getTime() - CLOCKS_MS && created <= to.getTime() + CLOCKS_MS
    return then && (text === null || body === text)
  })
  if (found.length > 1) return { kind: 'UNKNOWN', reason: `${found.length} messages match` }
  return found[0] ? { kind: 'FOUND', providerId: found[0].sid } : { kind: 'ABSENT' }
}

const CLOCKS_MS = 60_000
