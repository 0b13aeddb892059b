import { AppError } from '../errors.ts';

const ENDINGS = [
  ['SIGINT', 'interrupted'],
  ['SIGTERM', 'terminated'],
  // The terminal is gone, as when an ssh connection breaks.
  ['SIGHUP', 'terminated'],
] as const;

/** See `World.interruptible`. */
export async function interruptible<Result>(use: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const handlers = ENDINGS.map(([name, kind]) => {
    const handler = () => controller.abort(new AppError(kind, `stopped by ${name}`));
    // Not `once`: under npx a Ctrl-C arrives twice, from the terminal and from npm, and must not cut the clean-up short.
    process.on(name, handler);
    return [name, handler] as const;
  });
  try {
    return await use(controller.signal);
  } finally {
    for (const [name, handler] of handlers) process.off(name, handler);
  }
}
