import { addCommand, type Parent, type Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

const handlers = () => import('./handlers.ts')

export const register: Register = (program, action) => {
  logout(program).action(action(lazy(handlers, 'logout')))
}

const logout = (parent: Parent) => addCommand(parent, 'logout', 'forget the session')
