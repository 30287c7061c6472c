import { expect, it } from 'vitest'
import { isDataError, isPassing } from '../../../src/database/faults.ts'

const fault = (code: string | undefined, message = 'no') => Object.assign(new Error(message), { code })

it.each([
  '53100', // disk full
  '53200', // out of memory
  '53300', // too many connections
  '57014', // statement timeout
  '55P03', // lock timeout
  '57P01', // shutdown
  '25006', // read-only, after a failover
  '40P01', // deadlock
  '08006',
  'XX000',
  'ECONNREFUSED',
  'EPIPE',
  undefined,
])('%s passes', code => {
  expect([isPassing(fault(code)), isDataError(fault(code))]).toEqual([true, false])
})

it.each(['22021', '22P05', '22003', '22007', '23505', '23514'])('%s is a fault of the data', code => {
  expect([isPassing(fault(code)), isDataError(fault(code))]).toEqual([false, true])
})

it('so is a value that cannot be written at all', () => {
  for (const error of [new RangeError('Invalid time value'), new TypeError('not iterable')])
    expect([isPassing(error), isDataError(error)]).toEqual([false, true])
})

it('a statement that is wrong is neither, nor is a pool that was closed', () => {
  for (const error of [
    fault('42703'),
    fault('42501'),
    fault(undefined, 'Cannot use a pool after calling end on the pool'),
  ])
    expect([isPassing(error), isDataError(error)]).toEqual([false, false])
})
