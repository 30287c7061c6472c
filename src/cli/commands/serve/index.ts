import { Option } from '@commander-js/extra-typings'
import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { address, wholeNumber } from '../../options.ts'

export const register: Register = (program, action) => {
  serve(program).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.serve)),
      { actsForNoUser: true },
    ),
  )
}

export const serve = (parent: Parent) =>
  addCommand(parent, 'serve', t`run commands for users on other machines`, [
    'camp serve',
    'camp serve --listen 0.0.0.0:8090 --behind-proxy',
  ])
    .addOption(
      new Option('--listen <host:port>', t`where to listen (port 0: any free one)`)
        .argParser(address)
        .default({ host: '127.0.0.1', port: 8090 }, '127.0.0.1:8090'),
    )
    .option('--max-upload <megabytes>', t`size limit of the files of one command`, wholeNumber(1, 100_000), 2_048)
    .option('--max-commands <n>', t`commands that run at once`, wholeNumber(1, 1_000), 32)
    .option('--behind-proxy', t`use the last address of X-Forwarded-For as the client`)
    .addHelpText(
      'after',
      `\n${t`Users need neither the secret nor the database. A client sets CAMP_URL to its address and runs camp
        login. This server uses HTTP; a reverse proxy adds TLS. Each command is one line of its log. SIGTERM and
        SIGINT end the running commands, as Ctrl-C does. See docs/security.md.`}`,
    )
