import { createHash } from 'node:crypto';

/** Digest of the contents (text as UTF-8), in lower-case hexadecimal as the manifests spell it. */
export const sha256 = (contents: string | Buffer): string => createHash('sha256').update(contents).digest('hex');
