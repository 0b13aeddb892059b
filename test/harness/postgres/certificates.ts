import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { makeTemporary } from '../runner/temporary.ts';

export type Pair = { readonly certificate: string; readonly key: string };

/** A certificate authority of one test, in a folder of its own. */
export type Authority = Pair & {
  readonly folder: string;
  /** A certificate for `subject` (its common name), with `names` such as `DNS:localhost` or `IP:127.0.0.1`. */
  issue(name: string, options: { subject: string; names?: readonly string[]; expired?: boolean }): Promise<Pair>;
  /** The pair as PKCS#12, locked with the password. */
  bundle(pair: Pair, password: string): Promise<string>;
  /** The pair's key, locked with the password. */
  lock(pair: Pair, password: string): Promise<string>;
  dispose(): void;
};

const openssl = (...args: readonly string[]) => execa('openssl', args);
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes a certificate authority with openssl. Its files can be read by everybody, as the server runs as another user. */
export async function createAuthority(): Promise<Authority> {
  const folder = makeTemporary('ca');
  chmodSync(folder, 0o755);
  const at = (name: string) => join(folder, name);
  const own: Pair = { certificate: at('ca.crt'), key: at('ca.key') };
  const request = ['req', '-x509', ...NEW_KEY, '-subj', `/CN=authority ${basename(folder)}`, '-days', '2'];
  await openssl(...request, '-keyout', own.key, '-out', own.certificate);

  return {
    ...own,
    folder,
    dispose: () => rmSync(folder, { recursive: true, force: true }),
    async issue(name, { subject, names = [], expired = false }) {
      const pair: Pair = { certificate: at(`${name}.crt`), key: at(`${name}.key`) };
      writeFileSync(at(`${name}.ext`), names.length > 0 ? `subjectAltName=${names.join(',')}\n` : '');
      await openssl('req', ...NEW_KEY, '-subj', `/CN=${subject}`, '-keyout', pair.key, '-out', at(`${name}.csr`));
      const validity = ['-days', expired ? '-1' : '2'];
      const signing = ['-CA', own.certificate, '-CAkey', own.key, '-CAcreateserial', '-extfile', at(`${name}.ext`)];
      await openssl('x509', '-req', '-in', at(`${name}.csr`), ...signing, ...validity, '-out', pair.certificate);
      return pair;
    },
    async bundle(pair, password) {
      const file = `${pair.certificate}.p12`;
      const content = ['-in', pair.certificate, '-inkey', pair.key];
      await openssl('pkcs12', '-export', ...content, '-passout', `pass:${password}`, '-out', file);
      return file;
    },
    async lock(pair, password) {
      const file = `${pair.key}.locked`;
      await openssl('pkcs8', '-topk8', '-in', pair.key, '-passout', `pass:${password}`, '-out', file);
      return file;
    },
  };
}
