import { AppError } from '../errors.ts';
import { MARKER } from '../render/marker.ts';

/** What the manifest of an earlier render says about one file: the sha256 is of its contents then, in hexadecimal. */
export type ManifestEntry = { readonly path: string; readonly sha256: string };

const CONTAINED_PATH = /^(?!\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))(?!.*\/(?:\/|$))[^\x00-\x1f\x7f\\]+$/;
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * The files that an earlier render left, by its `MANIFEST.json`; undefined if the text is not a manifest of ours. One that
 * is ours but damaged, or that lists a path outside of the folder, is an error: on its word files are removed.
 */
export function readManifest(text: string, file: string): ManifestEntry[] | undefined {
  if (!text.includes(MARKER)) return undefined;
  const damaged = (what: string, cause?: unknown) =>
    new AppError('refused', `${file} is damaged: ${what}`, {
      advice: `Restore it from version control, or delete it: generated files are then known by their first lines, and what the spec no longer renders stays`,
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged('it is not JSON', error);
  }
  const entries = property(value, 'artifacts');
  if (!Array.isArray(entries)) throw damaged('it has no list of artifacts');
  return entries.map((entry: unknown, index) => {
    const path = property(entry, 'path');
    const sha256 = property(entry, 'sha256');
    if (typeof path !== 'string' || !CONTAINED_PATH.test(path))
      throw damaged(`artifacts[${index}].path is ${JSON.stringify(path)}, not a path inside of the folder`);
    if (typeof sha256 !== 'string' || !SHA256.test(sha256))
      throw damaged(`artifacts[${index}].sha256 is not 64 hexadecimal digits`);
    return { path, sha256 };
  });
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}
