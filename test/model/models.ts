/** The models of test/model, the sizes at which each is searched whole, and its mutants. */
export interface Model {
  name: string
  /** What of docs/reliability.md it proves. */
  promises: string
  /** What each process of it may do, for the table. */
  faults: string
  /** Macros of the file. `small` is searched with the mutants, too. */
  sizes: { small: Sizes; large: readonly Sizes[] }
  /** Macros that remove one rule, with the size at which the loss is found. */
  mutants: readonly Mutant[]
}

export type Sizes = Readonly<Record<string, number>>

interface Mutant {
  name: string
  /** Without the model's small size, this one. */
  sizes?: Sizes
}

const mutants = (...names: string[]): Mutant[] => names.map(name => ({ name }))

const BRIEF = { CLAIMS: 2, KILLS: 0, STOPS: 0, RETRIES: 0 }

export const MODELS: readonly Model[] = [
  {
    name: 'dispatch',
    promises: 'a, b, d, e',
    faults: 'kills, freezes of any length, expired leases, pause, resume, cancel, retry, decisions about doubts',
    sizes: {
      small: { CLAIMS: 2, KILLS: 1, STOPS: 1, RETRIES: 0 },
      large: [
        { CLAIMS: 3, KILLS: 1, STOPS: 1, RETRIES: 0 },
        { CLAIMS: 2, KILLS: 1, STOPS: 1, RETRIES: 1, WORKERS: 3 },
      ],
    },
    mutants: [
      { name: 'CLAIM_IN_TWO_STEPS', sizes: BRIEF },
      { name: 'FINISH_FORGETS_SENDING', sizes: { ...BRIEF, STOPS: 1 } },
      { name: 'LATE_SETTLE_WITHOUT_ATTEMPT', sizes: BRIEF },
      { name: 'LOOK_IGNORES_THE_LEASE', sizes: BRIEF },
      { name: 'SETTLE_WITHOUT_FENCE', sizes: BRIEF },
      { name: 'SILENCE_IS_A_REFUSAL', sizes: BRIEF },
      { name: 'SWEEP_SENDS_AGAIN', sizes: BRIEF },
      { name: 'SWEEP_TOO_EARLY', sizes: BRIEF },
      { name: 'WRITE_AFTER_A_STALE_LOOK', sizes: BRIEF },
      { name: 'RETRY_TAKES_DOUBT', sizes: { ...BRIEF, RETRIES: 1 } },
      { name: 'ACKNOWLEDGED_AT_ITS_COMMIT', sizes: { ...BRIEF, CLAIMS: 1, STOPS: 1 } },
      { name: 'LOOK_IGNORES_A_STOP', sizes: { ...BRIEF, CLAIMS: 1, STOPS: 1 } },
      { name: 'SWEEP_DOES_NOT_PLAN', sizes: { ...BRIEF, CLAIMS: 3 } },
    ],
  },
  {
    name: 'closing',
    promises: 'a, b, d',
    faults: 'kills, freezes, expired leases, lost answers, a second campaign at the same automation, pause and resume',
    sizes: { small: { RUNS: 3, KILLS: 0, STOPS: 0 }, large: [{ RUNS: 5, KILLS: 2, STOPS: 2 }] },
    mutants: [
      ...mutants(
        'NO_LOCK_PER_AUTOMATION',
        'RUNS_AFTER_A_FREEZE',
        'RUNS_BEFORE_THE_MARK_IS_STORED',
        'SETTLES_WITHOUT_ATTEMPT',
        'SILENCE_IS_A_REFUSAL',
        'SWEEP_REQUEUES_WHAT_WAS_BEGUN',
      ),
      { name: 'ABSENCE_AT_ONCE', sizes: { RUNS: 3, KILLS: 0, STOPS: 0, SETTLING: 0 } },
    ],
  },
  {
    name: 'money',
    promises: 'c',
    faults: 'three campaigns of two wallets, a month that turns, raised limits, doubts, callbacks that move a cost',
    sizes: {
      small: { CLAIMS: 2, CALLBACKS: 2, TOP_UPS: 0 },
      large: [{ CLAIMS: 4, CALLBACKS: 2, TOP_UPS: 1 }],
    },
    mutants: mutants(
      'DELIVERY_BOOKS_AGAIN_ALWAYS',
      'DOUBT_IS_RELEASED',
      'FAILURE_RETURNS_TWICE',
      'RELEASE_TO_THE_CURRENT_MONTH',
      'RESERVE_IN_TWO_STEPS',
    ),
  },
  {
    name: 'callbacks',
    promises: 'g',
    faults: 'events around a settle, twice and in any order, expired leases, a person who is wrong about a doubt',
    sizes: {
      small: { CLAIMS: 2, EVENTS: 3 },
      large: [{ CLAIMS: 4, EVENTS: 4, RETRIES: 2, WORKERS: 3 }],
    },
    mutants: mutants(
      'ANSWERED_BEFORE_IT_IS_STORED',
      'CLAIM_IGNORES_THE_INBOX',
      'DROPS_WHAT_COMES_WHILE_SENDING',
      'LAST_EVENT_WINS',
      'REMOVED_BEFORE_IT_IS_APPLIED',
    ),
  },
  {
    name: 'cap',
    promises: 'f',
    faults: 'shared phones and documents, refusals, doubts, a campaign without a cap, retries, a day that passes',
    sizes: { small: {}, large: [{}, { NO_CAP: 255 }, { CLAIMS: 8, RETRIES: 4, TICKS: 2 }] },
    mutants: mutants(
      'CHECKS_AND_TAKES_APART',
      'DOCUMENT_IS_NOT_CHECKED',
      'DOUBT_IS_GIVEN_BACK',
      'RELEASES_ROWS_OF_OTHERS',
      'RELEASE_FORGETS_EARLIER',
    ),
  },
]
