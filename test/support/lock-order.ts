import { checkLockOrder } from '../../src/database/lock-order.ts'

/** Every test runs with the order of locks checked. */
checkLockOrder()
