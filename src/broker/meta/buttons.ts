import type { Message, Template } from '../port.ts'

/**
 * A button with a value of each person's own. A campaign says it by a variable of the template with the button's index in its name
 * (docs/wire/meta.md#buttons): {{button_url_0}} of a column with the last part of a link.
 */
const BUTTON = /^button_(url|reply)_(\d)$/

/** The components of a message's buttons, by index. */
export function buttonsOf({ variables }: Message, { variables: names }: Template): object[] {
  return names
    .flatMap(name => {
      const [, kind, index] = BUTTON.exec(name) ?? []
      return index === undefined ? [] : [{ kind, index, value: variables[name] ?? '' }]
    })
    .sort((a, b) => Number(a.index) - Number(b.index))
    .map(({ kind, index, value }) =>
      kind === 'url'
        ? { type: 'button', sub_type: 'url', index, parameters: [{ type: 'text', text: value }] }
        : { type: 'button', sub_type: 'quick_reply', index, parameters: [{ type: 'payload', payload: value }] },
    )
}

/** The template with the variables of its header and its text alone. */
export function withoutButtons(template: Template): Template {
  return { ...template, variables: template.variables.filter(name => !BUTTON.test(name)) }
}
