import { AppError } from '../errors.ts';
import { schemaProblems } from './issues.ts';
import { looksLikeDsn, NOT_SHOWN, type Problem } from './problem.ts';
import { type Spec, specSchema } from './schema.ts';
import { readYaml } from './yaml-document.ts';

/**
 * Reads a spec; an empty document is the default spec. `file` is the name that errors give.
 * Throws AppError (configuration) that lists every error as `file:line: path: found …; allowed: …`, in the order of lines.
 */
export function loadSpec(contents: string | Uint8Array, file: string): Spec {
  const text = typeof contents === 'string' ? contents : decode(contents, file);
  const yaml = readYaml(text);
  const result = specSchema.safeParse(yaml.value ?? {}, { reportInput: true });
  const problems = [...yaml.problems, ...schemaProblems(result.error?.issues ?? [], yaml)];
  if (!result.success || problems.length > 0) throw specError(problems, file);
  return result.data;
}

function specError(problems: readonly Problem[], file: string): AppError {
  const sorted = problems.toSorted((a, b) => a.line - b.line);
  // A value whose form and size are both wrong breaks two rules that say the same.
  const lines = [...new Set(sorted.map(({ line, path, sentence }) => `${file}:${line}: ${path}: ${sentence}`))];
  const holdsDsn = problems.some(
    ({ path, sentence }) => looksLikeDsn(path) || `${path}${sentence}`.includes(NOT_SHOWN),
  );
  return new AppError(
    'configuration',
    `${lines.length === 1 ? '1 error' : `${lines.length} errors`} in ${file}\n${lines.join('\n')}`,
    {
      advice: holdsDsn
        ? 'PG_DSN belongs in the environment file (envFile) on the host, never in the spec'
        : 'Correct the spec; `hotlookup init` writes one with every key explained',
    },
  );
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    // What is not UTF-8 is replaced by U+FFFD here, so the first of these marks the line.
    const before = new TextDecoder().decode(bytes).split('\ufffd')[0] ?? '';
    const line = before.split('\n').length;
    throw new AppError(
      'configuration',
      `1 error in ${file}\n${file}:${line}: document: found bytes that are not UTF-8; allowed: UTF-8`,
      { advice: 'Save the file as UTF-8', cause },
    );
  }
}
