/**
 * What a broker's code means for what camp sends. One table per broker, read by its answers and by its callbacks alike; an ADMIN may
 * override it (`camp broker set NAME --code CODE=CLASS`).
 */
export const CODE_CLASSES = ['record', 'later', 'wait', 'stop', 'fatal', 'opt-out', 'doubt'] as const

/**
 * record: this recipient is refused, for good. later: this recipient is refused, and may be retried. wait: nothing was taken, and
 * the credential waits. stop: the campaign's template, category or content is wrong, and the campaign is paused. fatal: the key, the
 * payment or the account is wrong, and nothing more is sent with the credential. opt-out: the recipient asked not to be contacted.
 * doubt: unknown whether the message was taken.
 */
export type CodeClass = (typeof CODE_CLASSES)[number]

export interface CodeRule {
  readonly class: CodeClass
  /** What the code says, in short English. */
  readonly meaning: string
  /** later: not to be retried earlier than this. wait: how long, unless the answer says it. */
  readonly afterMs?: number
  /**
   * One message with it is that recipient's; if many of a campaign's last messages have it, it is the campaign's, and stops it.
   * A code that is not in the table is always judged so.
   */
  readonly byShare?: true
  /** What a person does about it, in short English: shown with the reason. */
  readonly cure?: string
}

/** By code, as the broker writes it. `HTTP_403` stands for an answer without a code of the broker's own. */
export type CodeTable = Readonly<Record<string, CodeRule>>
