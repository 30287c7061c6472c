import { timingSafeEqual } from 'node:crypto'

/** Whether two tokens or signatures are equal, in a time that does not tell where they differ; their lengths are no secret. */
export function constantTimeEqual(a: string | Buffer, b: string | Buffer): boolean {
  const [left, right] = [bytesOf(a), bytesOf(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

function bytesOf(value: string | Buffer): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : value
}
