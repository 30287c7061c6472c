import type { Sql } from '../database/pool.ts'
import type { InboxEvent } from './waiting.ts'

/**
 * The campaigns that send a template which their broker has stopped, and the reason. A template is known to a broker by the code that
 * camp sends, and perhaps by a name; the event may have either. Only campaigns that run: another one meets the broker's refusal when it
 * starts.
 */
export async function campaignsOfStoppedTemplates(
  sql: Sql,
  events: readonly InboxEvent[],
): Promise<Map<string, string>> {
  const stopped = events.filter(event => event.template_code !== null && event.lead_id === null)
  if (stopped.length === 0) return new Map()
  const { rows } = await sql.query<{ id: string; n: number }>(
    `SELECT c.id, s.n::int - 1 AS n
     FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS s(broker_id, template_code, n)
     JOIN "Campaign" c ON c.broker_id = s.broker_id AND c.status = 'PROCESSING'
     JOIN "Template" t ON t.id = c.template_id AND t.template_code = s.template_code
     ORDER BY s.n`,
    [stopped.map(event => event.broker_id), stopped.map(event => event.template_code)],
  )
  return new Map(
    rows.map(({ id, n }) => [id, `the broker reports: ${stopped[n]!.detail ?? 'its template is stopped'}`]),
  )
}
