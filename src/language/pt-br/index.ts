import type { Catalogue } from '../text.ts'
import { BACKUP } from './backup.ts'
import { BLOCKLIST } from './blocklist.ts'
import { BROKER } from './broker.ts'
import { BUDGET } from './budget.ts'
import { CALENDAR } from './calendar.ts'
import { CAMPAIGN_SETTINGS } from './campaign-settings.ts'
import { CATALOG } from './catalog.ts'
import { DATABASE } from './database.ts'
import { DOCTOR } from './doctor.ts'
import { INSTALLATION } from './installation.ts'
import { LEGACY } from './legacy.ts'
import { LOGIN } from './login.ts'
import { MESSAGE } from './message.ts'
import { PRIVACY } from './privacy.ts'
import { PROCESSES } from './processes.ts'
import { QUEUE } from './queue.ts'
import { RECURRENCE } from './recurrence.ts'
import { SANDBOX } from './sandbox.ts'
import { SECRET } from './secret.ts'
import { SECURITY } from './security.ts'
import { SERVE } from './serve.ts'
import { SETTINGS } from './settings.ts'
import { TABULAR } from './tabular.ts'
import { USERS } from './users.ts'

/** Every text of camp in Brazilian Portuguese, with the words of docs/glossary.md; a file for each room that has the texts. */
export const PT_BR: Catalogue = {
  ...BACKUP,
  ...BLOCKLIST,
  ...BROKER,
  ...BUDGET,
  ...CALENDAR,
  ...CAMPAIGN_SETTINGS,
  ...CATALOG,
  ...DATABASE,
  ...DOCTOR,
  ...INSTALLATION,
  ...LEGACY,
  ...LOGIN,
  ...MESSAGE,
  ...PRIVACY,
  ...PROCESSES,
  ...QUEUE,
  ...RECURRENCE,
  ...SANDBOX,
  ...SECRET,
  ...SECURITY,
  ...SERVE,
  ...SETTINGS,
  ...TABULAR,
  ...USERS,
}
