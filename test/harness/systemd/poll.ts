const INTERVAL_MS = 25;

/** Asks again and again until the answer is not undefined; what a booted system does has no event to wait for. */
export async function poll<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined> | Answer | undefined,
  deadlineMs = 20_000,
): Promise<Answer> {
  for (const deadline = Date.now() + deadlineMs; ; ) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${deadlineMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}
