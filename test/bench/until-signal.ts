import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `use` to its end. A signal that would end this process aborts it instead, so that servers, processes and folders are
 * cleaned up; the result is then 128 and the signal's number.
 */
export async function untilSignal(use: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  let came: (typeof SIGNALS)[number] | undefined;
  const listeners = SIGNALS.map((name) => {
    const listener = () => {
      came = name;
      stop.abort(new Error(`stopped by ${name}`));
    };
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  try {
    return await use(stop.signal);
  } catch (error) {
    // What fails once the signal is there fails because of it: a terminal sends it to the server as well.
    if (came === undefined) throw error;
    process.stderr.write(`stopped by ${came}\n`);
    return 128 + constants.signals[came];
  } finally {
    for (const remove of listeners) remove();
  }
}
