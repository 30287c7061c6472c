import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Actor } from '../security/actor.ts'
import { actsOf, roleMay } from '../security/permissions.ts'
import { actVia } from '../security/via.ts'

/** What was typed: the path of the command and the options given. */
export interface Asked {
  command: string
  flags: readonly string[]
}

interface ActingUserDeps {
  /** Reads the login, and its user from the database. @throws CampError AUTH if no user is logged in */
  authenticate(): Promise<Actor>
  /** Who can do what this user may not, for a hint. */
  admins(): Promise<string>
}

/** The user that a command acts for, read once, and what their role may run. */
export class ActingUser {
  readonly #deps: ActingUserDeps
  readonly #asked: Asked
  #actor: Promise<Actor> | undefined

  constructor(deps: ActingUserDeps, asked: Asked = { command: '', flags: [] }) {
    this.#deps = deps
    this.#asked = asked
  }

  /**
   * With the current role in the database.
   * @throws CampError AUTH if no user is logged in, or their role may not run this command
   */
  current(): Promise<Actor> {
    this.#actor ??= (async () => {
      const actor = await this.#deps.authenticate()
      actVia(actor.via)
      await this.#assertRole(actor)
      return actor
    })()
    return this.#actor
  }

  /**
   * Reads the user again after a question, which may have stood for hours.
   * @throws CampError AUTH if the login has ended since, or the user has another role that may do less
   */
  async reaffirm(): Promise<void> {
    if (this.#actor === undefined) return
    const before = await this.#actor
    this.#actor = undefined
    const present = await this.current()
    if (present.role !== before.role && present.role !== 'ADMIN') throw await this.#refused(present, t`this command`)
  }

  /**
   * @param what requires an ADMIN: the command, or an option of it
   * @throws CampError AUTH unless the user is an ADMIN
   */
  async admin(what = t`this command`): Promise<Actor> {
    const actor = await this.current()
    if (actor.role === 'ADMIN') return actor
    throw await this.#refused(actor, what)
  }

  /** For what an AUDITOR may read, too. @throws CampError AUTH unless the user is an ADMIN or an AUDITOR */
  async reviewer(): Promise<Actor> {
    const actor = await this.current()
    if (actor.role === 'ADMIN' || actor.role === 'AUDITOR') return actor
    throw new CampError('ADMIN_REQUIRED', t`${actor.email} is a USER; this command requires an ADMIN or an AUDITOR`, {
      hint: t`Ask an ADMIN: ${await this.#deps.admins()}`,
    })
  }

  /** Keeps an AUDITOR from every command that changes something, before it acts. Of a USER the command itself decides. */
  async #assertRole(actor: Actor): Promise<void> {
    if (actor.role !== 'AUDITOR') return
    for (const act of actsOf(this.#asked.command, this.#asked.flags)) {
      if (!roleMay(act, actor.role)) throw await this.#refused(actor, `camp ${act}`)
    }
  }

  async #refused({ email, role }: Actor, what: string): Promise<CampError> {
    const admins = await this.#deps.admins()
    if (role === 'AUDITOR') {
      return new CampError('AUDITOR_READS', t`${email} is an AUDITOR, who may not change anything: not ${what}`, {
        hint: t`Ask an ADMIN: ${admins}`,
      })
    }
    return new CampError('ADMIN_REQUIRED', t`${email} is a USER; ${what} requires an ADMIN`, {
      hint: t`Ask an ADMIN: ${admins}`,
    })
  }
}
