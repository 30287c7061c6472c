import { type StoredText, t } from '../text.ts'

/** What an audit finds, and the records that it names. */
export const RECORDS: readonly StoredText[] = [
  // Findings of an audit.
  n => t`checkpoint ${n!} is missing: compare with an earlier backup`,
  (n, m) => t`checkpoints ${n!} to ${m!} are missing: compare with an earlier backup`,
  n => t`checkpoint ${n!} does not follow from the one before it: compare with an earlier backup`,
  n => t`checkpoint ${n!} was changed: compare with an earlier backup`,
  (source, rows, n) => t`${source!}: ${rows!} of checkpoint ${n!}, deleted since: compare with an earlier backup`,
  (source, n) => t`${source!}: empty, and without a checkpoint, after row ${n!}: compare with an earlier backup`,
  name => t`${name!} was changed after it was written: compare with an earlier backup`,
  (source, more, n) => t`${source!}: ${more!} more rows of checkpoint ${n!} were changed: compare with an earlier
    backup`,
  (source, n) => t`${source!}: the rows of checkpoint ${n!} are not those that it covers: compare with an earlier
    backup`,
  n => t`checkpoint ${n!}, the newest, is not signed with this secret: compare with a head
    that was kept elsewhere`,
  name => t`${name!} was not written by camp, or with another secret: ask the user it names, and undo the change it
    claims`,
  name => t`${name!} was inserted outside of the checkpoints: find out by whom, and undo the change it claims`,
  (source, n) => t`${source!}: ${n!} more rows were inserted outside of the checkpoints`,
  n => t`checkpoint ${n!} does not exist, and there is none: records are missing since`,
  (n, m) => t`checkpoint ${n!} does not exist, the newest is ${m!}: records are missing since`,
  n => t`checkpoint ${n!} differs from the one that was kept: the records were rewritten`,
  flaw => t`${flaw!} (this machine has seen it; if you restored a backup: camp audit verify --accept-head)`,
  flaw => t`${flaw!} (by --expect; compare with a backup from that time)`,
  // The records that they name.
  id => t`ledger entry ${id!}`,
  (id, action, subject, subjectId) => t`audit event ${id!} (${action!} of ${subject!} ${subjectId!})`,
  (n, kind, id, batch, seqs) => t`lead event ${n!} (${kind!} of campaign ${id!}, batch ${batch!}, seq ${seqs!})`,
  n => t`row ${n!}`,
  (list, more) => t`rows ${list!} and ${more!} more`,
  list => t`rows ${list!}`,
  () => t`none`,
  // What cannot be proved.
  (source, rows) => t`${source!}: ${rows!}: their checkpoint is missing, so they are not proved`,
  (at, n) => t`camp secret reset at ${at!} (checkpoint ${n!}): older records are proved only by a head kept
    elsewhere`,
  (n, events) => t`checkpoint ${n!}: who wrote ${events!} events just before the reset is not proved`,
  n => t`${n!} audit events are from before events were signed`,
]
