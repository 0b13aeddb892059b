import { isIP } from 'node:net';
import type { Endpoint } from './target.ts';

export const DEFAULT_PORT = 5432;
const HOST_NAME = /^[\p{L}\p{N}_]([\p{L}\p{N}._-]*[\p{L}\p{N}_.])?$/u;
const HOST_AND_PORT = /^(\[[^\]]*\]|[^:[\]]+)(?::(\d{1,6}))?$/;

/** The port, or undefined if it is none. */
export function readPort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

const isFolder = (host: string): boolean => host.startsWith('/') || host.startsWith('@');

/** An endpoint at a host name, an IP address (bare or in brackets) or a socket's folder; undefined if it is none of these. */
export function endpointAt(host: string, port: number): Endpoint | undefined {
  if (isFolder(host)) return { kind: 'socket', folder: host.length > 1 ? host.replace(/\/+$/, '') : host, port };
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  if (isIP(bare)) return { kind: 'tcp', host: bare, port };
  return bare === host && HOST_NAME.test(host) ? { kind: 'tcp', host, port } : undefined;
}

/** One entry of `Host=`: a folder is taken whole; anything else may carry a port of its own. */
function readEntry(entry: string, defaultPort: number): Endpoint | undefined {
  if (isFolder(entry) || isIP(entry)) return endpointAt(entry, defaultPort);
  const match = HOST_AND_PORT.exec(entry);
  const port = match?.[2] === undefined ? defaultPort : readPort(match[2]);
  return match?.[1] && port ? endpointAt(match[1], port) : undefined;
}

/** Reads Npgsql's `Host=a,b:5433,[::1]:5434,/run/postgresql`; undefined if an entry is wrong. */
export function readHosts(text: string, defaultPort: number): Endpoint[] | undefined {
  const endpoints = text.split(',').map((entry) => readEntry(entry.trim(), defaultPort));
  return endpoints.every((endpoint) => endpoint !== undefined) ? endpoints : undefined;
}
