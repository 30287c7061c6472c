import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { nameArgument } from '../../options.ts'

export const register: Register = (program, action) => {
  init(program).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.init)),
      { takesWeakSecret: true },
    ),
  )
}

export const init = (parent: Parent) =>
  addCommand(parent, 'init', t`set up a server installation, or complete it`, [
    'camp init',
    'camp init --database-url postgresql://camp@db.example.com/camp',
  ])
    .option('--settings <file>', t`the file of settings to write`, '/etc/camp.env')
    .option('--database-url <url>', t`DATABASE_URL, if the file has none`)
    .option('--redis-url <url>', t`REDIS_URL, if the file has none`)
    .option('--public-url <url>', t`CAMP_PUBLIC_URL, if the file has none`)
    .option('--home <folder>', t`CAMP_HOME, if the file has none`)
    .option('--admin <email>', t`the first ADMIN`)
    .option('--name <name>', t`their name`, nameArgument)
    .option('--password-stdin', t`read their password from stdin`)
    .addHelpText(
      'after',
      `\n${t`In this order: it tries the database, writes the settings with a generated secret (0600), creates or
        updates the tables, adds the first ADMIN, and checks the result (camp doctor). What is there already stays
        as it is: it can be run again. Without a terminal everything is given by options.`}`,
    )
