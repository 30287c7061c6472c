import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  top(program).action(action(lazy(() => import('./handlers.ts').then(module => module.top))))
}

export const top = (parent: Parent) =>
  addCommand(parent, 'top', t`campaigns that run or were stopped, and the workers`, [
    'camp top',
    'camp top --once --json',
  ])
    .option('--once', t`print the current state and end`)
    .addHelpText(
      'after',
      `\n${t`On a terminal it is redrawn in place; q or Ctrl-C leaves. Elsewhere it prints a line at a change, at most
        every five seconds; with --json it is a document.`}`,
    )
