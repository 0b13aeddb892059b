import type { RawSpec } from '../../../src/spec/schema.ts';

const set = (name: string, table: string) => ({
  name,
  table,
  ensure: { function: `${table}_ensure` },
  retention: { function: `${table}_drop` },
});

/** Specs that between them take every branch of every template. */
export const SPECS: Readonly<Record<string, RawSpec>> = {
  default: {},
  'over the unix socket as a static user': {
    user: 'stellaops',
    dynamicUser: false,
    database: { access: 'socket' },
    onFailure: 'alert@%n.service',
  },
  'remote, with a node of its own': {
    node: '/opt/node v20/bin/node',
    database: { access: 'remote', addresses: ['10.0.0.5', '10.1.0.0/24'] },
  },
  'hostile paths and names': {
    envFile: `/etc/it's 100%/a $HOME "b".env`,
    scriptsDir: '/opt/its 100%/a $(id) ;b',
    runbook: `/opt/it's 100%/a $HOME|"b" \`c\`.md`,
    partitionSets: [set('odd', `Select.100% $x 'q' |`)],
    metrics: { directory: `/srv/it's 100%n/a $HOME "b" \\x`, group: 'scrape' },
  },
  'with grace and limits': {
    budgets: { detach: '90s' },
    partitionSets: [
      {
        ...set('scanner-artifact-boms', 'scanner.artifact_boms'),
        retention: {
          function: 'scanner.drop_artifact_boms_partitions_older_than',
          strategy: 'concurrent',
          graceDays: 7,
          maxDropShare: 25,
          maxDrops: 3,
          maxDropBytes: '500GB',
        },
      },
    ],
  },
  'with metrics': { metrics: {}, database: { access: 'remote', addresses: ['10.0.0.5'] } },
  'no ensure job': { partitionSets: [{ ...set('scanner-artifact-boms', 'scanner.artifact_boms'), ensure: false }] },
  'no retention job': {
    partitionSets: [{ ...set('scanner-artifact-boms', 'scanner.artifact_boms'), retention: false }],
  },
  'several sets, one of them often': {
    partitionSets: [
      set('audit', 'audit.events'),
      {
        ...set('often', 'public.often'),
        ensure: { function: 'public.ensure', schedule: '*/10 * * * *' },
        retention: { function: 'public.retain', schedule: '*/20 * * * 1-5' },
      },
    ],
  },
};
