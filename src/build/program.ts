import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Plugin, transform } from 'esbuild';
import { bundle } from './bundle.ts';
import { thirdPartyNotices } from './licenses.ts';

const BIN = 'cli.cjs';

/** ES modules are strict without saying so. */
const STRICT = '"use strict";';
const MODULE_URL = "const moduleUrl = require('node:url').pathToFileURL(__filename).href;";

/**
 * `#prepared/…` means the files of this build, not those that an earlier one left in `dist/`. They keep that name, because
 * the names of chunks are hashes over those of their modules, and this build's folder is called otherwise each time.
 */
const prepared = (staging: string): Plugin => ({
  name: 'prepared',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^#prepared\// }, ({ path }) => ({ path: path.slice(1), namespace: 'prepared' }));
    onLoad({ filter: /^/, namespace: 'prepared' }, ({ path }) => ({
      contents: readFileSync(join(staging, path), 'utf8'),
    }));
  },
});

/**
 * The command line program with all that it needs, but for the demo's PGlite. It is split at its dynamic imports, so that each run
 * reads only what it uses; then turned into CommonJS, which esbuild cannot split and which starts sooner than ES modules.
 * In the names of all files but the bin are hashes over their contents: the bin meets no file of another build.
 */
export async function buildProgram(root: string, staging: string): Promise<void> {
  const { outputs, packages } = await bundle(root, {
    entryPoints: { cli: 'src/cli.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    format: 'esm',
    splitting: true,
    target: 'node20',
    external: ['@electric-sql/*'],
    plugins: [prepared(staging)],
    // Loading string-width takes a quarter of the time of a render, and the help text is ASCII.
    alias: { 'string-width': join(root, 'src/build/narrow-width.ts') },
  });
  for (const { path, text } of outputs) {
    const { code } = await transform(text, {
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      charset: 'utf8',
      define: { 'import.meta.dirname': '__dirname', 'import.meta.url': 'moduleUrl' },
      supported: { 'dynamic-import': false },
      banner: text.includes('import.meta.url') ? `${STRICT}\n${MODULE_URL}` : STRICT,
    });
    writeFileSync(join(staging, basename(path)), code);
  }
  chmodSync(join(staging, BIN), 0o755);
  writeFileSync(join(staging, 'THIRD-PARTY-LICENSES.txt'), `${thirdPartyNotices(packages)}\n`);
}
