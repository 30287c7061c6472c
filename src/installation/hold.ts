import type pg from 'pg'
import { transaction } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { lockInstallation, writeHold } from './installation.ts'

/**
 * A person stops all sending of this database until it is accepted; what is on its way is settled.
 * @param by the user, null for the user of the operating system; the reason is a sentence without a full stop. COPY: once it is
 * accepted, it is an installation of its own (release.ts)
 * @throws CampError INSTALLATION_HELD where it is held already
 */
export async function holdInstallation(
  pool: pg.Pool,
  { userId, reason, kind = 'PERSON' }: { userId: string | null; reason: string; kind?: 'PERSON' | 'COPY' },
): Promise<void> {
  await transaction(pool, async tx => {
    const installation = await lockInstallation(tx)
    if (installation.hold) {
      throw new CampError('INSTALLATION_HELD', t`it waits for a person already: ${installation.hold.reason}`, {
        hint: t`See what is at work in it: camp db accept-restore --show`,
      })
    }
    await writeHold(tx, installation, { kind, reason, outside: null }, userId)
  })
}
