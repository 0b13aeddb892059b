import { AppError } from '../errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left',
  EDQUOT: 'the quota is used up',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
};

/** The system's name for what it refused, such as ENOSPC; empty if it was not the system. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/**
 * What the system refused, as an `AppError` (exit code 5) that says what was tried and keeps the `code`; anything else is a
 * defect and passes unchanged.
 */
export function attempt<Result>(what: string, path: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    const code = codeOf(error);
    const reason = REASONS[code];
    if (reason === undefined) throw error;
    const refusal = new AppError('missing', `cannot ${what} ${path}: ${reason}`, {
      advice: 'Check the path, its owner and its permissions',
      cause: error,
    });
    throw Object.assign(refusal, { code });
  }
}

/** The result, or undefined if the system refuses with that code. */
export function unless<Result>(code: string, act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    if (codeOf(error) === code) return undefined;
    throw error;
  }
}
