import type { Catalogue } from '../text.ts'
import { AUDIT_DETAIL } from './audit-detail.ts'
import { BACKUP } from './backup.ts'
import { BLOCKLIST } from './blocklist.ts'
import { BLOCKLIST_ENTRIES } from './blocklist-entries.ts'
import { BROKER } from './broker.ts'
import { BROKER_CODES } from './broker-codes.ts'
import { BUDGET } from './budget.ts'
import { CALENDAR } from './calendar.ts'
import { CAMPAIGN } from './campaign.ts'
import { CAMPAIGN_APPROVE } from './campaign-approve.ts'
import { CAMPAIGN_HELP } from './campaign-help.ts'
import { CAMPAIGN_IMPORT } from './campaign-import.ts'
import { CAMPAIGN_RUN } from './campaign-run.ts'
import { CAMPAIGN_SETTINGS } from './campaign-settings.ts'
import { CAMPAIGN_SHOW } from './campaign-show.ts'
import { CAMPAIGN_WORDS } from './campaign-words.ts'
import { CATALOG } from './catalog.ts'
import { CLI } from './cli.ts'
import { CLI_PROGRAM } from './cli-program.ts'
import { DATABASE } from './database.ts'
import { DOCTOR } from './doctor.ts'
import { INBOX } from './inbox.ts'
import { INSTALLATION } from './installation.ts'
import { INTAKE } from './intake.ts'
import { LEGACY } from './legacy.ts'
import { LIFECYCLE } from './lifecycle.ts'
import { LOGIN } from './login.ts'
import { MESSAGE } from './message.ts'
import { META_CODES } from './meta-codes.ts'
import { PEOPLE } from './people.ts'
import { PRIVACY } from './privacy.ts'
import { PROCESSES } from './processes.ts'
import { QUEUE } from './queue.ts'
import { RECURRENCE } from './recurrence.ts'
import { REJECTS } from './rejects.ts'
import { SANDBOX } from './sandbox.ts'
import { SECRET } from './secret.ts'
import { SECURITY } from './security.ts'
import { SERVE } from './serve.ts'
import { SETTINGS } from './settings.ts'
import { STORED } from './stored.ts'
import { STORED_BROKERS } from './stored-brokers.ts'
import { STORED_RECORDS } from './stored-records.ts'
import { STORED_SENDING } from './stored-sending.ts'
import { TABULAR } from './tabular.ts'
import { TWILIO_CODES } from './twilio-codes.ts'
import { USERS } from './users.ts'
import { WRONG_VALUE } from './wrong-value.ts'

/** Every text of camp in Brazilian Portuguese, with the words of docs/glossary.md; a file for each room that has the texts. */
export const PT_BR: Catalogue = {
  ...AUDIT_DETAIL,
  ...BACKUP,
  ...BLOCKLIST,
  ...BLOCKLIST_ENTRIES,
  ...BROKER,
  ...BUDGET,
  ...CALENDAR,
  ...CAMPAIGN,
  ...CAMPAIGN_APPROVE,
  ...CAMPAIGN_HELP,
  ...CAMPAIGN_IMPORT,
  ...CAMPAIGN_RUN,
  ...CAMPAIGN_SETTINGS,
  ...CAMPAIGN_SHOW,
  ...CAMPAIGN_WORDS,
  ...CATALOG,
  ...CLI,
  ...CLI_PROGRAM,
  ...DATABASE,
  ...DOCTOR,
  ...INBOX,
  ...INSTALLATION,
  ...INTAKE,
  ...LEGACY,
  ...LIFECYCLE,
  ...LOGIN,
  ...MESSAGE,
  ...PEOPLE,
  ...PRIVACY,
  ...PROCESSES,
  ...QUEUE,
  ...RECURRENCE,
  ...REJECTS,
  ...SANDBOX,
  ...SECRET,
  ...SECURITY,
  ...SERVE,
  ...SETTINGS,
  ...STORED,
  ...TABULAR,
  ...USERS,
  ...BROKER_CODES,
  ...META_CODES,
  ...TWILIO_CODES,
  ...STORED_BROKERS,
  ...STORED_RECORDS,
  ...STORED_SENDING,
  ...WRONG_VALUE,
}
