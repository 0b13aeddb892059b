import { expect, test } from 'vitest';
import { listWritten, summarizeWritten, written } from '../../../src/report/written.ts';
import { artifact } from '../../harness/render/artifacts.ts';

const done = written([
  { state: 'missing', path: 'new.sh', artifact: artifact('new.sh') },
  { state: 'unchanged', path: 'same.sh', artifact: artifact('same.sh') },
  { state: 'stale', path: 'old.sh' },
  { state: 'kept', path: 'edited.sh' },
  { state: 'foreign', path: 'notes.txt' },
]);

test('lists what was touched', () => {
  expect(listWritten(done)).toBe('created  new.sh\nremoved  old.sh\n');
});

test('sums up, and names what a person must look at', () => {
  expect(summarizeWritten(done, 'out')).toBe(
    'kept edited.sh: not rendered any more, but changed since; remove it if it is not needed\n' +
      'out: 1 created, 1 removed, 1 unchanged\n',
  );
});
