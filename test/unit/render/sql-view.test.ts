import { expect, test } from 'vitest';
import { migrationView } from '../../../src/render/sql-view.ts';

const SET = {
  table: 'scanner.artifact_boms',
  schema: 'scanner',
  tableName: 'artifact_boms',
  ensure: { function: 'jobs.make' },
  retention: { function: 'scanner.drop old' },
};

test('names every schema once, and the halves of each name', () => {
  expect(migrationView(SET)).toMatchObject({
    tableText: 'scanner.artifact_boms',
    schemas: ['scanner', 'jobs'],
    ensureSchema: 'jobs',
    ensureName: 'make',
    retentionSchema: 'scanner',
    retentionName: 'drop old',
  });
});

test('a job that is switched off keeps the function of the operations document', () => {
  expect(migrationView({ ...SET, ensure: false, retention: false })).toMatchObject({
    ensureFunction: 'scanner.ensure_artifact_boms_future_partitions',
    retentionFunction: 'scanner.drop_artifact_boms_partitions_older_than',
    schemas: ['scanner'],
  });
});

test('quotes the name that the server reads, wherever it would fold or split it', () => {
  const view = migrationView({ ...SET, schema: 'Scanner', tableName: 'bo"ms $1' });
  expect(view.tableText).toBe('"Scanner"."bo""ms $1"');
});
