import type { Catalogue } from '../text.ts'
import { BLOCKLIST } from './blocklist.ts'
import { BLOCKLIST_ENTRIES } from './blocklist-entries.ts'
import { CALENDAR } from './calendar.ts'
import { CAMPAIGN_SETTINGS } from './campaign-settings.ts'
import { DATABASE } from './database.ts'
import { INSTALLATION } from './installation.ts'
import { MESSAGE } from './message.ts'
import { PEOPLE } from './people.ts'
import { QUEUE } from './queue.ts'
import { RECURRENCE } from './recurrence.ts'
import { REJECTS } from './rejects.ts'
import { SECURITY } from './security.ts'
import { SERVE } from './serve.ts'
import { SETTINGS } from './settings.ts'
import { TABULAR } from './tabular.ts'

/** Every text of camp in Brazilian Portuguese, with the words of docs/glossary.md; a file for each room that has the texts. */
export const PT_BR: Catalogue = {
  ...BLOCKLIST,
  ...BLOCKLIST_ENTRIES,
  ...CALENDAR,
  ...CAMPAIGN_SETTINGS,
  ...DATABASE,
  ...INSTALLATION,
  ...MESSAGE,
  ...PEOPLE,
  ...QUEUE,
  ...RECURRENCE,
  ...REJECTS,
  ...SECURITY,
  ...SERVE,
  ...SETTINGS,
  ...TABULAR,
}
