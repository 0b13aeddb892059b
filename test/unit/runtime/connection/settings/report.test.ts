import { expect, test } from 'vitest';
import { EXIT } from '../../../../../src/errors.ts';
import { requireHarmless } from '../../../../../src/runtime/connection/settings/report.ts';

/** What a server before 17 says, which does not have all of them. */
const PLAIN = {
  session_replication_role: 'origin',
  event_triggers: null,
  zero_damaged_pages: 'off',
  ignore_checksum_failure: 'off',
  default_transaction_read_only: 'off',
};

const session = (settings: Record<string, string>, sources: Record<string, string> | null = null) => {
  const said = { user: 'ro"le', database: 'Scan', settings: { ...PLAIN, ...settings } };
  return [
    { command: 'BEGIN', rows: [] },
    {
      command: 'SELECT',
      rows: [{ session: JSON.stringify({ ...said, sources: sources && Object.entries(sources) }) }],
    },
  ];
};

test('a session with nothing harmful in it is taken', () => {
  expect(() => requireHarmless(session({ event_triggers: 'on' }))).not.toThrow();
});

test.each([
  ['user', 'As a superuser, run: ALTER ROLE "ro""le" RESET zero_damaged_pages;'],
  ['database user', 'As a superuser, run: ALTER ROLE "ro""le" IN DATABASE "Scan" RESET zero_damaged_pages;'],
  ['database', 'As a superuser, run: ALTER DATABASE "Scan" RESET zero_damaged_pages;'],
  ['global', 'As a superuser, run: ALTER ROLE ALL RESET zero_damaged_pages;'],
  ['client', 'Take zero_damaged_pages out of Options in PG_DSN.'],
  ['session', 'Find out who leaves zero_damaged_pages set in the sessions of the pooler.'],
  ['configuration file', 'As a superuser, run: ALTER ROLE "ro""le" SET zero_damaged_pages = off;'],
])('what comes from "%s" is mended there', (source, mend) => {
  const found = session({ zero_damaged_pages: 'on' }, { zero_damaged_pages: source, event_triggers: 'default' });
  expect(() => requireHarmless(found)).toThrow(
    expect.objectContaining({
      exitCode: EXIT.refused,
      message: expect.stringContaining('zero_damaged_pages is on: '),
      advice: expect.stringContaining(mend),
    }),
  );
});

test('each harmful one is named, and no other', () => {
  const found = session(
    { session_replication_role: 'replica', event_triggers: 'off' },
    { session_replication_role: 'user', event_triggers: 'database', zero_damaged_pages: 'default' },
  );
  expect(() => requireHarmless(found)).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/: session_replication_role is replica: [^;]*; event_triggers is off: [^;]*$/),
      advice: expect.stringMatching(
        /ROLE "ro""le" RESET session_replication_role; .*DATABASE "Scan" RESET event_triggers; Until/,
      ),
    }),
  );
});

test('a server that stops taking writes during a run is as one that cannot be reached', () => {
  expect(() => requireHarmless(session({ default_transaction_read_only: 'on' }))).toThrow(
    expect.objectContaining({ exitCode: EXIT.unreachable, message: expect.stringContaining('no more writes') }),
  );
});
