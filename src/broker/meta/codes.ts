import type { CodeTable } from '../codes.ts'
import { META_CODES } from '../meta-codes.ts'

/** Of an accepted message whose template Meta holds or has paused (docs/wire/meta.md#answers). */
export const HELD = 'HELD_FOR_QUALITY_ASSESSMENT'
export const PAUSED = 'MESSAGE_STATUS_PAUSED'

/** Meta's codes, and those that camp gives to what Meta says of an accepted message (docs/wire/meta.md#codes). */
export const META_WPP_CODES: CodeTable = {
  ...META_CODES,
  [HELD]: {
    class: 'stop',
    meaning: 'Meta holds the template’s messages until it has judged the first ones',
    cure: 'Wait until Meta has judged the template (WhatsApp Manager); then resume.',
  },
  [PAUSED]: {
    class: 'stop',
    meaning: 'Meta took the message, and says that it is paused',
    cure: 'Look at the template in WhatsApp Manager; then resume.',
  },
}
