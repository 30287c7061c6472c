import type pg from 'pg'

export interface DueCampaigns {
  due: { id: string; agendamento_id: string }[]
  /** Campaigns whose schedule was missed by more than they allow: they wait for a person. */
  missed: { id: string; agendamento_id: string; scheduled_at: Date }[]
}

/**
 * The approved campaigns that are due.
 * @param unscheduled whether campaigns without a schedule are included: for `run --due`, not for the worker's sweeper, which
 *   would start a campaign that a user is about to run by hand
 */
export async function dueCampaigns(pool: pg.Pool, now: Date, unscheduled: boolean): Promise<DueCampaigns> {
  const { rows } = await pool.query<{ id: string; agendamento_id: string; scheduled_at: Date | null; missed: boolean }>(
    `SELECT id, agendamento_id, scheduled_at,
            coalesce(scheduled_at + start_before * interval '1 minute' < $1, false) AS missed
     FROM "Campaign"
     WHERE status = 'APPROVED' AND (scheduled_at <= $1 OR (scheduled_at IS NULL AND $2))
     ORDER BY scheduled_at NULLS LAST, created_at`,
    [now, unscheduled],
  )
  return {
    due: rows.filter(row => !row.missed).map(({ id, agendamento_id }) => ({ id, agendamento_id })),
    missed: rows.flatMap(({ id, agendamento_id, scheduled_at, missed }) =>
      missed && scheduled_at ? [{ id, agendamento_id, scheduled_at }] : [],
    ),
  }
}
