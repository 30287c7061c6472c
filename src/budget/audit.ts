import { type Verification, type VerifyDeps, verifyRecords } from '../security/verify-records.ts'
import { type Reconciliation, reconcileBudgets } from './reconcile.ts'
import { unapproved } from './reconcile-approvals.ts'

/** Compares the figures, and in the same snapshot the records (src/security/verify-records.ts). */
export function auditBooks(deps: VerifyDeps): Promise<Verification<Reconciliation>> {
  return verifyRecords(deps, undefined, async tx => {
    const audited = await reconcileBudgets(tx)
    return { ...audited, differences: [...audited.differences, ...(await unapproved(tx))] }
  })
}
