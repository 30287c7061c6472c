import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  const db = program.command('db').description(t`the database: migrate, status, start, stop, hold`)
  migrate(db).action(action(lazy(() => import('./handlers.ts').then(module => module.migrateDatabase))))
  status(db).action(action(lazy(() => import('./handlers.ts').then(module => module.showStatus))))
  start(db).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.start)),
      { mayCreateDatabase: true },
    ),
  )
  stop(db).action(action(lazy(() => import('./handlers.ts').then(module => module.stop))))
  hold(db).action(action(lazy(() => import('./hold.ts').then(module => module.hold))))
  acceptRestore(db).action(action(lazy(() => import('./handlers.ts').then(module => module.acceptOrShow))))
}

const migrate = (parent: Parent) =>
  addCommand(parent, 'migrate', t`create or update the tables of the database`, [
    'camp db migrate',
    'camp db migrate --env-file /etc/camp.env',
  ])

const status = (parent: Parent) =>
  addCommand(parent, 'status', t`address of the database, and state of its migrations`, [
    'camp db status',
    'camp db status --json',
  ])

const start = (parent: Parent) =>
  addCommand(parent, 'start', t`start the embedded PostgreSQL, creating it if necessary`, [
    'camp db start',
    'camp db start --quiet',
  ])

const stop = (parent: Parent) =>
  addCommand(parent, 'stop', t`stop the embedded PostgreSQL`, ['camp db stop', 'camp db stop --quiet'])

export const hold = (parent: Parent) =>
  addCommand(parent, 'hold', t`send nothing from this database until an ADMIN accepts it`, [
    "camp db hold --reason 'restored from the backup of Monday'",
    'camp db hold --env-file /etc/camp-copy.env',
  ])
    .option('--reason <text>', t`why, for the record`)
    .addHelpText('after', `\n${t`For a restored backup or a copy, before the first worker starts on it.`}`)

export const acceptRestore = (parent: Parent) =>
  addCommand(parent, 'accept-restore', t`accept restored data and let workers continue (ADMIN)`, [
    'camp db accept-restore --show',
    'camp db accept-restore --yes',
  ])
    .option('--show', t`show what may have been sent since, and change nothing`)
    .addHelpText(
      'after',
      `\n${t`A worker whose database was restored, copied or long inactive sends nothing and reports it. This shows
        what may have been sent since, and stops the active campaigns: PROCESSING campaigns become PAUSED, approved
        ones whose time has come wait for approval again, recurring ones are paused. Then decide about each: camp
        campaign resolve, resume, approve or
        cancel.`}\n${t`It asks after the list; without a terminal it requires --yes.`}`,
    )
