const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether PostgreSQL takes it as a uuid in the form in which camp writes them, of any version and in any case. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}
