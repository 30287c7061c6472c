/** Phones and documents that were seen in log lines since the last test ended: log-guard.ts fails the test that wrote them. */
export const leaks: string[] = []
