import { examine } from '../../../doctor/doctor.ts'
import { CampError } from '../../../errors.ts'
import { t } from '../../../language/text.ts'
import type { Context } from '../../context.ts'
import { findingLines } from './finding-lines.ts'

/** @throws CampError DOCTOR_FOUND after the result is printed, if a check failed */
export async function doctor(context: Context): Promise<void> {
  const { config, clock } = context
  const findings = await examine({ config, clock, databaseUrl: () => context.databaseUrl() })
  const failures = findings.filter(({ state }) => state === 'fail').length
  context.out.result({ ok: failures === 0, findings }, () => findingLines(findings))
  if (failures === 0) return
  throw new CampError('DOCTOR_FOUND', t`${failures} check(s) failed`, {
    hint: t`What to do is in the line below each. Then run again: camp doctor`,
  })
}
