import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { EXIT_MEANINGS } from '../../../src/errors.ts';
import { render } from '../../../src/render/render.ts';
import { specSchema } from '../../../src/spec/schema.ts';
import { codeBlocks } from '../../harness/render/code-blocks.ts';
import { runbookOf } from '../../harness/render/runbook.ts';
import { SPECS } from '../../harness/render/specs.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';

describe.each(Object.entries(SPECS))('%s', (_, raw) => {
  const markdown = runbookOf(raw);
  const blocks = codeBlocks(markdown);

  test('every command parses', async () => {
    const commands = blocks.filter(({ language }) => language === 'sh');
    expect(commands.length).toBeGreaterThan(3);
    for (const { text } of commands) {
      const { stderr, exitCode } = await execa('bash', ['-n'], { input: text, reject: false });
      expect({ text, stderr, exitCode }).toEqual({ text, stderr: '', exitCode: 0 });
    }
  });

  test('what only root may read or do has its sudo', () => {
    const lines = blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.split('\n'));
    const privileged = lines.filter((line) =>
      /\b(?:journalctl|systemctl(?! list-timers)|sudoedit|systemd-tmpfiles)\b/.test(line),
    );
    expect(privileged.length).toBeGreaterThan(3);
    for (const line of privileged) expect(line).toMatch(/^sudo(?: |edit )/);
  });

  test('a shell gets PG_DSN in single quotes, so that a $ in its password stays one', () => {
    const settings = markdown.match(/PG_DSN=.*/g) ?? [];
    expect(settings.length).toBeGreaterThan(0);
    for (const setting of settings) expect(setting).toMatch(/^PG_DSN='[^']*' /);
  });

  test('every failure says what happens to who waits', () => {
    const [, failures = ''] = /^## Something is wrong$([\s\S]*?)^## /m.exec(markdown) ?? [];
    const sections = failures.split(/^### /m).slice(1);
    expect(sections.length).toBeGreaterThan(3);
    for (const section of sections) expect(section).toContain('**If you wait**');
  });

  test('every block is of a known language', () => {
    const known = ['sh', 'sql', 'text', ...(raw.metrics ? ['yaml'] : [])];
    expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(known));
  });

  test('steps are numbered without a gap', () => {
    for (const section of markdown.replace(/^( *)```[\s\S]*?\n *```$/gm, '').split(/^#+ /m)) {
      const numbers = [...section.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
      expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
    }
  });

  test('links lead to headings', () => {
    const anchors = [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [, anchor] of markdown.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
  });

  test('files of the generated tree exist', () => {
    const paths = render(specSchema.parse(raw), '').map(({ path }) => path);
    const named = markdown.match(/(?<=[ `])(?:devops|docs|src)\/[\w.*/-]+\w/g) ?? [];
    expect(named.length).toBeGreaterThan(3);
    for (const name of named.filter((one) => !one.endsWith('hbs'))) {
      const pattern = new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
      expect(
        paths.filter((path) => pattern.test(path)),
        name,
      ).not.toEqual([]);
    }
  });
});

test('every path on the host is one of the spec or of an installed file', () => {
  const spec = specSchema.parse({});
  const installed = render(spec, '').flatMap((artifact) => (artifact.installed ? [artifact.installed.path] : []));
  const known = [
    ...installed,
    spec.scriptsDir,
    spec.unitsDir,
    `${spec.scriptsDir}/lib`,
    '/etc/cron.d/scanner-artifact-boms',
  ];
  const paths = runbookOf().match(/(?<=[ `'])\/(?:opt|etc|usr|var)\/[^\s`'|]+/g) ?? [];
  expect(paths.length).toBeGreaterThan(10);
  for (const path of paths) expect(known).toContain(path);
});

test('every exit code stands in the table', () => {
  for (const [code] of EXIT_MEANINGS) expect(runbookOf()).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'));
});

test('no bound stands without its offset', () => {
  const bounds = codeBlocks(runbookOf()).flatMap(({ text }) => text.match(/'[YZ]{4}-[^']*'/g) ?? []);
  expect(bounds.length).toBeGreaterThan(5);
  for (const bound of bounds) expect(bound).toMatch(/-01 00:00:00\+00'$/);
});

describeNeeding({ programs: ['systemd-analyze'] }, 'the next times', () => {
  test.each(Object.entries(SPECS))('%s: the commands show them', async (_, raw) => {
    const commands = codeBlocks(runbookOf(raw)).flatMap(({ text }) => text.match(/^systemd-analyze .*$/gm) ?? []);
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      const { stdout } = await execa('bash', ['-euc', command], { env: { LC_ALL: 'C' } });
      expect(stdout.match(/Iter(?:ation|\.) #/g)).toHaveLength(2);
    }
  });
});
