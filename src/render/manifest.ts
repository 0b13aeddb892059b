import type { Artifact } from './artifact.ts';
import { markerOf } from './marker.ts';
import { sha256 } from './sha256.ts';

export const MANIFEST_PATH = 'MANIFEST.json';

/** What MANIFEST.json says about an artifact. */
type ManifestEntry = Omit<Artifact, 'contents'> & {
  /** Lower-case hexadecimal digest of the contents as UTF-8. */
  readonly sha256: string;
};

/** MANIFEST.json as it is written and read: it lists every artifact but itself. */
export type Manifest = { readonly '//': string; readonly artifacts: readonly ManifestEntry[] };

/** Names every artifact with its digest, so that a folder can be checked and cleaned up without the spec that made it. */
export function manifest(artifacts: readonly Artifact[]): Artifact {
  const entries = artifacts.map(({ path, mode, contents, purpose, installed }): ManifestEntry => {
    return { path, mode, sha256: sha256(contents), purpose, installed };
  });
  const document: Manifest = { '//': markerOf('the spec', 'the spec'), artifacts: entries };
  return {
    path: MANIFEST_PATH,
    mode: '0644',
    contents: `${JSON.stringify(document, undefined, 2)}\n`,
    purpose: 'Lists every generated file with its mode, digest, purpose and place on a host',
    installed: null,
  };
}
