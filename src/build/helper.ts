import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { markerOf } from '../render/marker.ts';
import { bundle } from './bundle.ts';
import { markDocComments, unmarkDocComments } from './doc-comments.ts';
import { thirdPartyNotices } from './licenses.ts';
import type { BundledPackage } from './packages.ts';

const HELPER = 'hotlookup-runtime.cjs';
const ENTRY = 'src/runtime/bin.ts';
const TARGET = 'node18';

/** Reads packages from the constant `libraries`, which the file's other part makes, and adds their names to `imported`. */
const fromLibraries = (imported: Set<string>): Plugin => ({
  name: 'from libraries',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      if (kind === 'entry-point' || path.startsWith('node:')) return undefined;
      imported.add(path);
      return { path, namespace: 'libraries' };
    });
    onLoad({ filter: /^/, namespace: 'libraries' }, ({ path }) => ({
      contents: `module.exports = libraries[${JSON.stringify(path)}];`,
    }));
  },
});

type Part = { readonly code: string; readonly packages: readonly BundledPackage[] };

async function ownPart(root: string): Promise<{ code: string; imported: string[] }> {
  const imported = new Set<string>();
  const { outputs } = await bundle(root, {
    entryPoints: [ENTRY],
    target: TARGET,
    plugins: [fromLibraries(imported), markDocComments],
    legalComments: 'inline',
  });
  const code = outputs.map(({ text }) => text).join('');
  return { code: unmarkDocComments(code), imported: [...imported].sort() };
}

/** A module whose export is an object of the packages' exports, by the names that they are imported by. */
async function librariesPart(root: string, names: readonly string[]): Promise<Part> {
  const entries = names.map((name) => JSON.stringify(name)).map((name) => `${name}: require(${name}),\n`);
  const { outputs, packages } = await bundle(root, {
    stdin: {
      contents: `module.exports = {\n${entries.join('')}};\n`,
      resolveDir: root,
      sourcefile: 'libraries',
    },
    target: TARGET,
    external: ['pg-native'],
    // On Node < 21, pg makes a Response while it loads, which loads all of undici: 16 ms.
    define: { Response: 'undefined' },
  });
  return { code: outputs.map(({ text }) => text).join(''), packages };
}

const versionOf = (root: string): string => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;

const RULE = `// ${'='.repeat(117)}\n`;
const heading = (...lines: readonly string[]): string =>
  `\n${RULE}${lines.map((line) => `// ${line}\n`).join('')}${RULE}\n`;

/** It counts at a script's start alone, where the whole file has it. */
const withoutDirective = (code: string): string => code.replace(/^"use strict";\n/, '');

/**
 * The helper for hosts: one file for Node 18 or newer, the same bytes wherever it is built. Libraries and the project's own modules
 * are bundled apart. So a change to one leaves the text of the other as it is, for in one bundle names that meet are changed.
 */
export async function buildHelper(root: string, staging: string): Promise<void> {
  const own = await ownPart(root);
  const { code, packages } = await librariesPart(root, own.imported);
  const notices = thirdPartyNotices(packages).replaceAll('*/', '* /');
  const parts = [
    `// ${markerOf(ENTRY, 'that source', 'npm run build && npx hotlookup render')}\n`,
    `// The runtime helper of hotlookup, version ${versionOf(root)}\n`,
    '// Its parts: the licences of libraries, the libraries, and the own modules. Nothing is minified.\n',
    '"use strict";\n',
    heading('Licences of the libraries'),
    `/*\n${notices}\n*/\n`,
    heading('Libraries:', ...packages.map(({ name, version }) => `${name} ${version}`)),
    `const libraries = (() => {\nconst module = { exports: {} };\n${withoutDirective(code)}return module.exports;\n})();\n`,
    heading('hotlookup: the modules of src/runtime and what they use of src, each below its path'),
    withoutDirective(own.code),
  ];
  writeFileSync(join(staging, HELPER), parts.join(''));
}
