import { beforeAll, describe, expect, inject, test } from 'vitest';
import { parseManifest } from '../../../src/install/record/manifest-text.ts';
import { readMarker } from '../../../src/runtime/catalog/marker.ts';
import { parseMetrics } from '../../../src/runtime/metrics/parse.ts';
import { generatorDocuments } from '../../harness/formats/generator-documents.ts';
import { type Documents, helperDocuments } from '../../harness/formats/helper-documents.ts';
import { SAMPLED_VERSIONS, samplesOf } from '../../harness/formats/samples.ts';
import { missingFrom, seriesOf } from '../../harness/formats/shape.ts';

const SET = 'scanner-artifact-boms';
const [server] = inject('servers');
const documents: Documents = new Map();

beforeAll(async () => {
  if (!server) throw new Error('no server');
  for (const [name, text] of [...(await helperDocuments(server)), ...(await generatorDocuments())])
    documents.set(name, text);
});

const namesIn = (version: string, ending: string): string[] =>
  [...samplesOf(version).keys()].filter((name) => name.endsWith(ending));

const sampleOf = (version: string, name: string): string => {
  const text = samplesOf(version).get(name);
  if (text === undefined) throw new Error(`${version} has no ${name}`);
  return text;
};

const documentOf = (name: string): string => documents.get(name) ?? '';

test('every JSON document begins with the version of its format', () => {
  const printed = [...documents].filter(([name]) => name.endsWith('.json') && name !== 'record.json');
  expect(printed.length).toBeGreaterThan(15);
  for (const [name, text] of printed) expect(Object.entries(JSON.parse(text))[0], name).toEqual(['formatVersion', 1]);
});

describe.each(SAMPLED_VERSIONS)('what %s wrote', (version) => {
  test.each(namesIn(version, '.json').filter((name) => name !== 'record.json'))(
    '%s has kept its keys, types and words',
    (name) => {
      expect(missingFrom(documentOf(name), sampleOf(version, name))).toEqual([]);
    },
  );

  test.each(['ensure', 'retention'] as const)('the series of %s are still there, and its file is read', (job) => {
    const sample = sampleOf(version, `metrics-${job}.prom`);
    const now = seriesOf(documentOf(`metrics-${job}.prom`));
    expect([...seriesOf(sample)].filter((series) => !now.has(series))).toEqual([]);
    expect(parseMetrics(sample, { set: SET, job })?.get('hotlookup_last_success_timestamp_seconds')).toBeGreaterThan(0);
  });

  test('the marker of a table in grace is read', () => {
    expect(readMarker(sampleOf(version, 'marker.txt'))).toMatchObject({
      set: SET,
      partition: 'scanner.artifact_boms_2025_09',
      from: '2025-09-01T00:00:00.000Z',
      to: '2025-10-01T00:00:00.000Z',
      version,
    });
  });

  test('the record of an installation is read', () => {
    const record = parseManifest(sampleOf(version, 'record.json'), 'record.json');
    expect(record.enabled).toEqual([`${SET}-ensure.timer`, `${SET}-retention.timer`]);
    expect(record.files.map(({ path }) => path)).toContain('/opt/stellaops/devops/scripts/lib/hotlookup-runtime.cjs');
  });
});
