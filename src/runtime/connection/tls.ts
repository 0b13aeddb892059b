import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { AppError } from '../../errors.ts';
import type { TlsSettings } from '../dsn/target.ts';
import type { Host } from '../shared/host.ts';
import { codeOf } from '../shared/node-errors.ts';

type Files = Pick<Host, 'environment' | 'readFile'>;

/** What is verified of the server: nothing, that a trusted authority vouches for it, or its name as well. */
export type Verification = 'none' | 'authority' | 'name';

/** Everything of a TLS connection that does not depend on the host, ready for `tls.connect`. */
export type TlsMaterial = { readonly verification: Verification; readonly options: ConnectionOptions };

function readNamed(key: string, path: string, files: Files): Buffer {
  try {
    return files.readFile(path);
  } catch (error) {
    throw new AppError('missing', `${key}: the file ${path} cannot be read (${codeOf(error)})`, {
      advice: `Correct ${key} in PG_DSN; the user that runs the job must be able to read the file.`,
      cause: error,
    });
  }
}

/** libpq's and Npgsql's default files in ~/.postgresql; undefined if there is none. */
function readDefault(name: string, { environment, readFile }: Files): Buffer | undefined {
  const home = environment['HOME'];
  try {
    return home ? readFile(`${home}/.postgresql/${name}`) : undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

const readEither = (key: string, path: string | undefined, fallback: string, files: Files): Buffer | undefined =>
  path === undefined ? readDefault(fallback, files) : readNamed(key, path, files);

/**
 * What the mode verifies (PostgreSQL documentation, 34.19.1). As with libpq, `Require` verifies the authority too as soon as
 * a root certificate is at hand: who names one expects it to count.
 */
export function verificationOf(settings: TlsSettings, hasRoot: boolean): Verification {
  if (settings.mode === 'verify-full') return 'name';
  if (settings.mode === 'verify-ca') return 'authority';
  return settings.mode === 'require' && hasRoot && !settings.trustServerCertificate ? 'authority' : 'none';
}

/** The client's certificate: PEM with its key, or PKCS#12, which holds both. */
function clientCertificate(settings: TlsSettings, files: Files): ConnectionOptions {
  const certificate = readEither('SSL Certificate', settings.certificate, 'postgresql.crt', files);
  if (!certificate) return {};
  const passphrase = settings.keyPassword ? { passphrase: settings.keyPassword() } : {};
  const isPem = certificate.includes('-----BEGIN ');
  if (!isPem && settings.key === undefined) return { pfx: certificate, ...passphrase };
  const own = certificate.includes('PRIVATE KEY-----') ? certificate : undefined;
  const key = settings.key === undefined && own ? own : readEither('SSL Key', settings.key, 'postgresql.key', files);
  if (key) return { cert: certificate, key, ...passphrase };
  throw new AppError('configuration', 'SSL Certificate is set, but SSL Key is not, and its file holds no private key', {
    advice: 'Name the key with SSL Key=… in PG_DSN.',
  });
}

function checkUsable(options: ConnectionOptions, createSecureContext: (options: ConnectionOptions) => unknown): void {
  try {
    createSecureContext(options);
  } catch (error) {
    throw new AppError('missing', `the certificate or key files cannot be used: ${(error as Error).message}`, {
      advice:
        'Check Root Certificate, SSL Certificate, SSL Key and SSL Password in PG_DSN: PEM, or PKCS#12 without SSL Key.',
      cause: error,
    });
  }
}

/**
 * Reads the files that TLS needs.
 * @throws AppError with exit code 5 for a file that is not readable or not usable, 3 for a certificate without a key.
 */
export async function loadTls(settings: TlsSettings, files: Files): Promise<TlsMaterial> {
  const { createSecureContext } = await import('node:tls');
  const root = readEither('Root Certificate', settings.rootCertificate, 'root.crt', files);
  const verification = verificationOf(settings, root !== undefined);
  const trusted = root && verification !== 'none' ? { ca: root } : {};
  const options = { ...trusted, ...clientCertificate(settings, files) };
  checkUsable(options, createSecureContext);
  return { verification, options };
}

/** `tls.connect`'s options for one host. An IP address is verified like a name, but never sent as one (RFC 6066, 3). */
export function tlsOptionsFor({ verification, options }: TlsMaterial, host: string): ConnectionOptions {
  return {
    ...options,
    host,
    ...(isIP(host) ? {} : { servername: host }),
    ALPNProtocols: ['postgresql'],
    rejectUnauthorized: verification !== 'none',
    ...(verification === 'name' ? {} : { checkServerIdentity: () => undefined }),
  };
}
