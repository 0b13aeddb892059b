import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { type Markdown, readMarkdown } from './markdown.ts';

/** Where documents lie: the repository, or what stands for it in a test. Paths are relative to it, folders without a slash at the end. */
export type Files = {
  /** Undefined if nothing is there; a folder has no text. */
  find(path: string): { readonly text: string | undefined } | undefined;
};

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const repository: Files = {
  find(path) {
    const place = join(ROOT, path);
    if (!existsSync(place)) return undefined;
    return { text: statSync(place).isFile() ? readFileSync(place, 'utf8') : undefined };
  },
};

/** What git does not keep. */
const LEFT_OUT = ['.git', 'node_modules', 'dist'];

/** Every Markdown document of the project, as paths below the repository. */
export function findDocuments(folder = ''): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.includes(path) ? [] : findDocuments(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Every link of a document that leads to no file, or to no anchor of one. Links with a scheme are left to their sites. */
export function brokenLinks(path: string, text: string, files: Files): string[] {
  return readMarkdown(text)
    .links.filter((link) => !/^[a-z][a-z\d+.-]*:/i.test(link))
    .flatMap((link) => {
      const problem = linkProblem(path, text, link, files);
      return problem === undefined ? [] : [`${path}: ${link}: ${problem}`];
    });
}

function linkProblem(path: string, text: string, link: string, files: Files): string | undefined {
  const [target = '', anchor] = decodeURIComponent(link).split('#');
  if (target.startsWith('/')) return 'not relative';
  const place = target === '' ? path : normalize(join(dirname(path), target)).replace(/\/$/, '');
  if (place.startsWith('..')) return 'outside of the repository';
  const found = target === '' ? { text } : files.find(place);
  if (!found) return 'nothing is there';
  if (anchor === undefined) return undefined;
  const shown = found.text ?? files.find(join(place, 'README.md'))?.text ?? '';
  return readMarkdown(shown).anchors.includes(anchor) ? undefined : `no heading of ${place} has this anchor`;
}

/** A relative path: of these signs alone, with a slash in it, or the name of a source file. */
const PATH = /^(?:\.{1,2}\/)*[\w.-]+(?:\/[\w.-]+)*(?:\/|(?<=\/[\w.-]+)|\.(?:ts|hbs))$/;

/** Stands for a part that the reader puts in. */
const PLACEHOLDER = /(?<![A-Za-z])(?:PATH|NAME|YYYY)(?![A-Za-z])/;

/** Where a path in a document may begin, beside its own folder: what is rendered lies as it lies in `generated/`. */
const BEGINNINGS = ['', 'generated', 'node_modules'];

/**
 * Every path in a document's code that does not exist. Of a folder's README that is each path, which may begin at that folder; of other
 * documents only those that begin with a name of the repository's own.
 */
export function missingPaths(path: string, text: string, files: Files): string[] {
  const folder = dirname(path);
  const isFolderReadme = folder !== '.' && path.endsWith('/README.md');
  const isOurs = (name: string) => !name.startsWith('.') && files.find(name.split('/')[0] ?? '') !== undefined;
  return pathsIn(readMarkdown(text))
    .filter((name) => isFolderReadme || isOurs(name))
    .filter((name) => ![folder, ...BEGINNINGS].some((start) => files.find(join(start, name).replace(/\/$/, ''))))
    .map((name) => `${path}: ${name}`);
}

function pathsIn({ code }: Markdown): string[] {
  const words = code.flatMap((line) => line.split(/[\s"'`,;()=]+/));
  return words.filter((word) => PATH.test(word) && !PLACEHOLDER.test(word));
}
