import type { Catalogue } from '../text.ts'
import { BLOCKLIST } from './blocklist.ts'
import { CALENDAR } from './calendar.ts'
import { CAMPAIGN_SETTINGS } from './campaign-settings.ts'
import { CLI } from './cli.ts'
import { CLI_PROGRAM } from './cli-program.ts'
import { DATABASE } from './database.ts'
import { INSTALLATION } from './installation.ts'
import { MESSAGE } from './message.ts'
import { QUEUE } from './queue.ts'
import { RECURRENCE } from './recurrence.ts'
import { SECURITY } from './security.ts'
import { SERVE } from './serve.ts'
import { SETTINGS } from './settings.ts'
import { TABULAR } from './tabular.ts'

/** Every text of camp in Brazilian Portuguese, with the words of docs/glossary.md; a file for each room that has the texts. */
export const PT_BR: Catalogue = {
  ...BLOCKLIST,
  ...CALENDAR,
  ...CAMPAIGN_SETTINGS,
  ...CLI,
  ...CLI_PROGRAM,
  ...DATABASE,
  ...INSTALLATION,
  ...MESSAGE,
  ...QUEUE,
  ...RECURRENCE,
  ...SECURITY,
  ...SERVE,
  ...SETTINGS,
  ...TABULAR,
}
