import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { codeBlocks } from '../harness/render/code-blocks.ts';
import { brokenLinks, findDocuments, missingPaths, ROOT, repository } from './documents.ts';
import { readMarkdown } from './markdown.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const documents = findDocuments().map((path) => ({ path, text: read(path) }));
const readme = read('README.md');
const SCRIPTS = 'generated/devops/scripts';

test('the documents of the project are found', () => {
  expect(documents.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'README.md',
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'STABILITY.md',
      'generated/docs/modules/scanner/operations/sbom-hot-lookup-operations.md',
      'src/README.md',
      'templates/README.md',
      'test/README.md',
      'test/bench/README.md',
    ]),
  );
});

test('the README has less than 350 lines', () => {
  expect(readme.split('\n').length - 1).toBeLessThan(350);
});

test('links lead from the README to every document of the project', () => {
  const reached = new Set(['README.md']);
  for (const path of reached)
    for (const link of readMarkdown(documents.find((one) => one.path === path)?.text ?? '').links)
      reached.add(normalize(join(dirname(path), link.replace(/#.*/, ''))));
  // The hosting site shows what lies in its own folder.
  const others = documents.map(({ path }) => path).filter((path) => !path.startsWith('.github/'));
  expect(others.filter((path) => !reached.has(path))).toEqual([]);
});

test.each(documents)('every link of $path leads to a file and an anchor', ({ path, text }) => {
  expect(brokenLinks(path, text, repository)).toEqual([]);
});

test.each(documents)('every path in the code of $path exists', ({ path, text }) => {
  expect(missingPaths(path, text, repository)).toEqual([]);
});

test.each(documents)('every npm script that $path names exists', ({ text }) => {
  const names = readMarkdown(text).code.flatMap((line) =>
    [...line.matchAll(/\bnpm (?:run ([\w:-]+)|(test)\b)/g)].map(([, script, verb]) => script ?? verb ?? ''),
  );
  expect(names.filter((name) => !Object.hasOwn(packageJson.scripts, name))).toEqual([]);
});

/** The words of each command in the README's shell blocks, without comments. */
const commands = codeBlocks(readme)
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => text.split('\n'))
  .flatMap((line) => line.replace(/\s+#.*$/, '').split(' && '))
  .map((command) => command.trim().split(/\s+/));

const helps = new Map<string, Promise<string>>();

/** What a program prints with `--help`, run in the folder of the scripts. */
function helpOf(program: string, ...args: string[]): Promise<string> {
  const key = [program, ...args].join(' ');
  const help =
    helps.get(key) ?? execa(program, [...args, '--help'], { cwd: join(ROOT, SCRIPTS) }).then(({ stdout }) => stdout);
  helps.set(key, help);
  return help;
}

const hotlookup = (...args: string[]) => helpOf(process.execPath, join(ROOT, packageJson.bin.hotlookup), ...args);
const optionsIn = (text: string) => [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option);

test("each command of the README's shell blocks is one that there is, with options that it has", async () => {
  const run: string[] = [];
  for (const words of commands) {
    const [program = '', ...args] = words.filter((word) => !['sudo', 'npx'].includes(word));
    const [verb = ''] = args;
    const isOurs = program === 'hotlookup';
    if (!isOurs && !program.startsWith('./')) continue;
    run.push(isOurs ? verb : program);
    const help = await (isOurs ? hotlookup(verb) : helpOf(program));
    expect(help, words.join(' ')).toContain(isOurs ? `hotlookup ${verb}` : program.slice('./'.length));
    expect(optionsIn(help), words.join(' ')).toEqual(expect.arrayContaining(optionsIn(args.join(' '))));
  }
  expect(run).toEqual(expect.arrayContaining(['demo', 'install', 'status', 'render', 'uninstall']));
  expect(run.filter((program) => program.startsWith('./')).length).toBeGreaterThanOrEqual(4);
});

test("each option in the README's text is one of a verb or of a script", async () => {
  const verbs = [...(await hotlookup()).matchAll(/^ {2}hotlookup (\w+)/gm)].map(([, verb]) => verb ?? '');
  expect(verbs).toContain('install');
  const texts = await Promise.all([
    ...verbs.map((verb) => hotlookup(verb)),
    helpOf('./scanner-artifact-boms-partitions.sh'),
  ]);
  const known = [...texts.flatMap(optionsIn), '--help'];
  const fenced = codeBlocks(readme).flatMap(({ text }) => text.split('\n'));
  const named = readMarkdown(readme)
    .code.filter((code) => !fenced.includes(code) && !/^(?:sudo )?np[mx] /.test(code))
    .flatMap(optionsIn);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((option) => !known.includes(option))).toEqual([]);
});
