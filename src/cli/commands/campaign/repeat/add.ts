import { standingStep } from '../../../../campaign/read/next-step.ts'
import { approversOf } from '../../../../campaign/read/situation.ts'
import { CampError } from '../../../../errors.ts'
import { assertContent } from '../../../../intake/content.ts'
import { assertNoObjection, NOT_READ } from '../../../../intake/objection.ts'
import type { ImportRequest } from '../../../../intake/request.ts'
import { storedText } from '../../../../language/stored/stored-text.ts'
import { t } from '../../../../language/text.ts'
import { textNotes } from '../../../../message/text-notes.ts'
import { nextOccurrence, parseCron } from '../../../../recurrence/cron.ts'
import { addRecurrence, findRecurrence } from '../../../../recurrence/recurrence.ts'
import { filesIn, parseSource } from '../../../../recurrence/source-folder.ts'
import { recurrenceView } from '../../../../recurrence/view.ts'
import type { Context } from '../../../context.ts'
import { time } from '../text.ts'
import { recurrenceText } from './handlers.ts'

/** camp campaign import PATTERN --repeat CRON: stores a recurring import. The imports happen later. */
export async function repeatImport(
  context: Context,
  request: ImportRequest,
  repeat: string,
  credentialMissing: boolean,
): Promise<void> {
  const { timezone } = request
  const now = context.clock.now()
  const cron = parseCron(repeat, timezone, now)
  assertContent(request)
  assertNoObjection(request, NOT_READ)
  if (request.message !== null)
    for (const note of textNotes('the message', request.message)) context.out.warn(storedText(note))
  const source = await parseSource(request.file)
  const [newest] = (await filesIn(source, Number.NEGATIVE_INFINITY)) ?? []
  const found = newest ? t`The newest matching file is ${newest.name}.` : t`No file matches yet.`
  if (request.dryRun) {
    const next: Date[] = []
    while (next.length < 5) next.push(nextOccurrence(cron, timezone, next.at(-1) ?? now))
    const plan = { id: null, ...source, cron, timezone, next_at: next.map(at => at.toISOString()) }
    context.out.result({ ...plan, newest: newest?.name ?? null, credential_missing: credentialMissing }, () => [
      t`${found} The folder would be checked at`,
      ...next.map(at => `  ${time(at, timezone)}`),
    ])
    context.out.talk(t`Nothing was written: this was a dry run.`)
    return
  }
  const pool = await context.pool()
  const id = await addRecurrence(pool, request, { source, cron, now })
  const view = await recurrenceView(pool, await findRecurrence(pool, id), now)
  context.out.result({ ...view, credential_missing: credentialMissing }, () => recurrenceText(view))
  context.out.talk(found)
  const actor = await context.actor()
  const made = { handle: view.handle, userId: request.userId, viaId: actor.via?.id ?? null }
  context.out.talk(standingStep(view.handle, actor, await approversOf(pool, made, actor)))
}

/** Refuses options that concern a single import. @throws CampError USAGE */
export function assertRepeatable(options: Readonly<Record<string, unknown>>): void {
  const wrong = ['schedule', 'again', 'rejects'].find(name => options[name] !== undefined)
  if (wrong === undefined) return
  throw new CampError('OPTIONS_CONFLICT', t`--${wrong} cannot be combined with --repeat`, {
    hint: {
      schedule: t`The cron expression sets the time.`,
      again: t`With --repeat each file is imported once.`,
      rejects: t`To see the refused rows: camp campaign leads ID --status ERROR`,
    }[wrong],
  })
}
