import { stopReason } from '../broker/classify-code.ts'
import { codeOfMany } from '../broker/code-share.ts'
import type { CodeRule } from '../broker/codes.ts'
import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'

/**
 * Of a campaign's last final reports: then their code is the campaign's (docs/design.md#codes). More than of answers: a fifth of
 * the phones of a good list may be off.
 */
const SHARE = { most: 50, of: 100 }

/** The final report about a message. */
export interface Report {
  /** '' for a delivery. */
  code: string
  /** undefined: it was delivered. */
  rule: CodeRule | undefined
  detail: string | null
}

/**
 * Counts the final reports of a campaign's messages. Nothing is stored before the first failure with a code that is judged by
 * share.
 * @param since when the campaign last began to send: what was counted before that is forgotten
 * @returns why the campaign is to be paused, if many of its last messages failed with one code
 */
export async function judgeReports(
  tx: Tx,
  campaignId: string,
  since: Date,
  reports: readonly Report[],
): Promise<string | undefined> {
  if (reports.length === 0) return undefined
  const judged = new Map(reports.filter(({ rule }) => rule?.byShare).map(report => [report.code, report]))
  if (judged.size > 0) {
    await locking(tx, 'ReportedCodes').query(
      `INSERT INTO "ReportedCodes" (campaign_id, since, codes) VALUES ($1, $2, '{}') ON CONFLICT DO NOTHING`,
      [campaignId, since],
    )
  }
  const { rows } = await locking(tx, 'ReportedCodes').query<{ codes: string[] }>(
    `SELECT CASE WHEN since = $2 THEN codes ELSE '{}' END AS codes FROM "ReportedCodes" WHERE campaign_id = $1 FOR UPDATE`,
    [campaignId, since],
  )
  if (!rows[0]) return undefined
  const codes = [...rows[0].codes, ...reports.map(({ code }) => code)]
  const found = codeOfMany(codes, judged, SHARE)
  await tx.query(`UPDATE "ReportedCodes" SET since = $2, codes = $3 WHERE campaign_id = $1`, [
    campaignId,
    since,
    found ? [] : codes.slice(1 - SHARE.of),
  ])
  if (!found) return undefined
  const { rule, detail } = judged.get(found.code)!
  const what = stopReason(found.code, rule!, detail ?? undefined)
  return `${found.count} of the last ${Math.min(codes.length, SHARE.of)} messages were not delivered: ${what}`
}
