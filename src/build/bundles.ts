import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type OutputFile, type Plugin, transform } from 'esbuild';
import { markerOf } from '../render/marker.ts';
import { writeCodeCaches } from './code-cache.ts';
import { thirdPartyNotices } from './licenses.ts';

const RUNTIME = 'hotlookup-runtime.cjs';
const CLI = 'cli.cjs';

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

async function bundle(root: string, options: BuildOptions): Promise<{ metafile: Metafile; outputs: OutputFile[] }> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    metafile: true,
    write: false,
    legalComments: 'none',
    logLevel: 'warning',
    ...options,
  });
  if (!metafile || !outputFiles) throw new Error('esbuild returned no metafile or no files');
  return { metafile, outputs: outputFiles };
}

const versionOf = (root: string): string => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;

/** The helper for hosts: one file for Node 18 or newer, the same bytes wherever it is built. */
export async function buildRuntime(root: string, staging: string): Promise<void> {
  const { metafile, outputs } = await bundle(root, {
    entryPoints: ['src/runtime/bin.ts'],
    outfile: join('dist', RUNTIME),
    target: 'node18',
    minify: true,
    external: ['pg-native'],
    // On Node < 21, pg makes a Response while it loads, which loads all of undici: 16 ms.
    define: { Response: 'undefined' },
    banner: {
      js: `// ${markerOf('src/runtime/bin.ts', 'that source', 'npm run build && npx hotlookup render')}\n// The runtime helper of hotlookup, version ${versionOf(root)}`,
    },
  });
  const notices = thirdPartyNotices(root, metafile).replaceAll('*/', '* /');
  const code = outputs.map(({ text }) => text).join('');
  writeFileSync(join(staging, RUNTIME), `${code}/*\n${notices}\n*/\n`);
}

/** Names stay as they are: a stack trace in a report can be read. CommonJS starts sooner than ES modules. */
const COMMON_JS = {
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  minifyWhitespace: true,
  minifySyntax: true,
} as const;

/**
 * The command line program with all that it needs, but for the demo's PGlite: the bin, which is one file, and the program. That is
 * split at its dynamic imports, so that each run reads only what it uses; then turned into CommonJS, which esbuild cannot split.
 * In the names of its files are hashes over their contents: the bin meets no file and no code cache of another build.
 */
export async function buildCli(root: string, staging: string): Promise<void> {
  const { metafile, outputs } = await bundle(root, {
    entryPoints: { program: 'src/program.ts' },
    entryNames: '[name]-[hash]',
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    format: 'esm',
    splitting: true,
    target: 'node20',
    external: ['@electric-sql/*'],
    plugins: [prepared(staging)],
    // string-width's tables cost more than all else that yargs loads, and the help text is ASCII.
    alias: { 'string-width': fileURLToPath(new URL('narrow-width.ts', import.meta.url)) },
  });
  for (const { path, text } of outputs) {
    const { code } = await transform(text, {
      ...COMMON_JS,
      define: { 'import.meta.url': 'moduleUrl' },
      // Scripts of `node:vm` have no import().
      supported: { 'dynamic-import': false },
    });
    const url = code.includes('moduleUrl')
      ? "const moduleUrl=require('node:url').pathToFileURL(__filename).href;\n"
      : '';
    writeFileSync(join(staging, basename(path)), `${url}${code}`);
  }
  const program = outputs.map(({ path }) => basename(path)).find((name) => name.startsWith('program-'));
  if (!program) throw new Error('esbuild made no file of src/program.ts');
  await buildBin(root, staging, `./${program}`);
  writeCodeCaches(root, staging, `./${program}`);
  writeFileSync(join(staging, 'THIRD-PARTY-LICENSES.txt'), `${thirdPartyNotices(root, metafile)}\n`);
}

async function buildBin(root: string, staging: string, program: string): Promise<void> {
  const { outputs } = await bundle(root, {
    ...COMMON_JS,
    entryPoints: ['src/cli.ts'],
    outfile: CLI,
    define: { 'import.meta.dirname': '__dirname', PROGRAM: JSON.stringify(program) },
    banner: { js: '#!/usr/bin/env node' },
  });
  const file = join(staging, CLI);
  writeFileSync(file, outputs.map(({ text }) => text).join(''));
  chmodSync(file, 0o755);
}
