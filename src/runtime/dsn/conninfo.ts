/** libpq's keywords (PostgreSQL documentation, 34.1.2) and Npgsql's keys for them. */
const KEYWORDS = new Map<string, string | undefined>([
  ['host', 'Host'],
  ['hostaddr', 'Host'],
  ['port', 'Port'],
  ['dbname', 'Database'],
  ['user', 'Username'],
  ['password', 'Password'],
  ['passfile', 'Passfile'],
  ['application_name', 'Application Name'],
  ['connect_timeout', 'Timeout'],
  ['options', 'Options'],
  ['client_encoding', 'Client Encoding'],
  ['sslmode', 'SSL Mode'],
  ['sslnegotiation', 'SSL Negotiation'],
  ['sslrootcert', 'Root Certificate'],
  ['sslcert', 'SSL Certificate'],
  ['sslkey', 'SSL Key'],
  ['sslpassword', 'SSL Password'],
  ['channel_binding', 'Channel Binding'],
  ['require_auth', 'Require Auth'],
  ['gssencmode', 'GSS Encryption Mode'],
  ['krbsrvname', 'Kerberos Service Name'],
  ['target_session_attrs', 'Target Session Attributes'],
  ['keepalives_idle', 'TCP Keepalive Time'],
  ['load_balance_hosts', 'Load Balance Hosts'],
  ['service', undefined],
  ['keepalives', undefined],
  ['fallback_application_name', undefined],
]);

const PAIR = /\s*([a-z_]+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s\\]|\\.)*)(?=\s|$)/y;

/** The keywords of a libpq conninfo string in their order; undefined if the text is none. */
function keywordsOf(text: string): string[] | undefined {
  const keywords: string[] = [];
  PAIR.lastIndex = 0;
  for (let at = 0; at < text.trimEnd().length; at = PAIR.lastIndex) {
    const pair = PAIR.exec(text);
    // `Host=a; Port=1` is Npgsql's: there a value ends with its semicolon.
    if (!pair?.[1] || !KEYWORDS.has(pair[1]) || pair[2]?.endsWith(';')) return undefined;
    keywords.push(pair[1]);
  }
  return keywords.length > 1 ? keywords : undefined;
}

/** For a libpq conninfo string (`host=… dbname=…`): the same keys in Npgsql's form, with placeholders for the values. */
export function rewriteConninfo(text: string): string | undefined {
  const keywords = keywordsOf(text);
  if (!keywords) return undefined;
  const names = keywords.flatMap((keyword) => KEYWORDS.get(keyword) ?? []);
  return [...new Set(names)].map((name) => `${name}=${name.endsWith('Password') ? '"…"' : '…'}`).join(';');
}
