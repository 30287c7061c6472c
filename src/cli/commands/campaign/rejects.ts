import { findCampaign } from '../../../campaign/read/find.ts'
import { CampError } from '../../../errors.ts'
import { importedFile, writeRejectsAgain } from '../../../intake/rejects-again.ts'
import { t } from '../../../language/text.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import type * as commands from './index.ts'
import { number } from './text.ts'

export async function rejects(
  context: Context,
  ref: string,
  options: OptionsOf<typeof commands.rejects>,
): Promise<void> {
  const actor = await context.actor()
  const pool = await context.pool()
  const { id } = await findCampaign(pool, ref, actor)
  const imported = await importedFile(pool, id)
  if (options.file === undefined && context.host.files) {
    throw new CampError('INPUT_MISSING', t`on a server the imported file must be named`, {
      hint: t`Name it: --file ${imported.file}`,
    })
  }
  const path = await context.inputFile(options.file ?? imported.file)
  const written = await writeRejectsAgain(
    { pool, signal: context.signal, timezone: context.config.timezone },
    imported,
    path,
    { file: await context.outputFile(options.rejects), overwrite: options.overwrite ?? false },
  )
  const { rows, erased } = written
  if (erased > 0) context.out.warn(t`${number(erased)} rows are left out: their personal data was erased`)
  context.out.result(
    { agendamento_id: imported.handle, file: options.rejects, rows, erased },
    t`${number(rows)} refused rows of ${imported.handle} written to ${options.rejects}.`,
  )
}
