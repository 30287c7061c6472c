import { InvalidArgumentError } from '@commander-js/extra-typings'
import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { address } from '../../options.ts'

export const register: Register = (program, action) => {
  const service = program.command('service').description(t`systemd units: install, uninstall, status`)
  install(service).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.install)),
      { actsForNoUser: true },
    ),
  )
  uninstall(service).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.uninstall)),
      { actsForNoUser: true },
    ),
  )
  status(service).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.status)),
      { actsForNoUser: true },
    ),
  )
}

export const install = (parent: Parent) =>
  withUnits(
    addCommand(parent, 'install', t`write the units of the worker and of run --due`, [
      'camp service install',
      'camp service install --print --listen 0.0.0.0:8080',
    ]),
  )
    .option('--print', t`print the units, and write nothing`)
    .addHelpText(
      'after',
      `\n${t`camp-worker.service runs a worker. camp-due.timer starts campaigns whose time has come, for machines
        without a worker: a worker does it already. A file that camp did not write, or that was edited, is replaced
        only after a yes; without a terminal it requires --yes.`}`,
    )

export const uninstall = (parent: Parent) =>
  addCommand(parent, 'uninstall', t`stop the units, and remove their files`, [
    'camp service uninstall',
    'camp service uninstall --user --yes',
  ])
    .option('--user', t`the user's own units`)
    .option('--root <folder>', t`the file system that has the units`, unitPath)
    .addHelpText('after', `\n${t`It asks before it stops a unit; without a terminal it requires --yes.`}`)

export const status = (parent: Parent) =>
  withUnits(
    addCommand(parent, 'status', t`which units are installed, and whether they run`, [
      'camp service status',
      'camp service status --json',
    ]),
  )

/** The options that a unit's content depends on. */
function withUnits<Command extends ReturnType<typeof addCommand<string>>>(command: Command) {
  return command
    .option('--user', t`the user's own units (systemctl --user)`)
    .option('--root <folder>', t`write below this folder, for a package`, unitPath)
    .option('--run-as <user>', t`the user that runs the services`, userName, 'camp')
    .option('--settings <path>', t`the file of settings (/etc/camp.env)`, unitPath)
    .option('--home <path>', t`CAMP_HOME (/var/lib/camp)`, unitPath)
    .option('--program <path>', t`the path of camp`, unitPath, '/usr/bin/camp')
    .option('--listen <host:port>', t`of the listener`, listenAddress, '127.0.0.1:8080')
}

/** Characters that mean nothing to systemd: no quoting is needed. */
function unitPath(text: string): string {
  if (/^\/[\w./@+:,-]*$/.test(text) && !text.split('/').includes('..')) return text
  throw new InvalidArgumentError(t`It must be an absolute path of letters, digits and . _ - + : , @ only.`)
}

function userName(text: string): string {
  if (/^[a-z_][a-z0-9_-]{0,30}$/.test(text)) return text
  throw new InvalidArgumentError(t`It must be the name of a user.`)
}

function listenAddress(text: string): string {
  address(text)
  if (/^[\w.:[\]-]+$/.test(text)) return text
  throw new InvalidArgumentError(t`It must be HOST:PORT.`)
}
