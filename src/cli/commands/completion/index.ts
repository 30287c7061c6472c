import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { oneOf } from '../../options.ts'

export const register: Register = (program, action) => {
  completion(program).action(action(lazy(() => import('./handlers.ts').then(module => module.completion))))
}

const completion = (parent: Parent) =>
  addCommand(parent, 'completion', t`print the completion script of a shell`, [
    'camp completion bash',
    'camp completion fish > ~/.config/fish/completions/camp.fish',
  ])
    .argument('<shell>', t`bash, zsh or fish`, oneOf(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `\n${t`It completes commands, options, fixed words, and the names of wallets, brokers, templates and campaigns, if the
        database is running. How to install it: docs/cli.md, "Completion".`}`,
    )
