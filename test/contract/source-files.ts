import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

export type SourceFile = {
  /** Below `src/`. */
  readonly path: string;
  readonly lines: number;
  /** What it imports, types too: a path below `src/`, or the name of a package or of a module of Node. */
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  /** Whether it passes on what another file exports. */
  readonly reexports: boolean;
  /** The code as esbuild prints it: without comments and types; the globals `process`, `Date`, `Math` and `console` are `$process`, …. */
  readonly code: string;
};

const sourceFolder = fileURLToPath(new URL('../../src', import.meta.url));
const GLOBALS = ['process', 'Date', 'Math', 'console'];

/** esbuild drops imports of types, so they are read as imports of values; nothing is resolved, so nothing is missed. */
const everyImport: Plugin = {
  name: 'every import',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /./ }, ({ kind, path }) => (kind === 'entry-point' ? undefined : { path, external: true }));
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/^import type (?=[\w{*])/gm, 'import '),
      loader: 'ts',
    }));
  },
};

function named(importer: string, original: string): string {
  if (!original.startsWith('.')) return original;
  const path = relative(sourceFolder, join(dirname(join(sourceFolder, importer)), original));
  return path === '../package.json' ? 'package.json' : path;
}

/** Every file of `src/`, read by a parser, not by patterns. */
export async function readSources(): Promise<SourceFile[]> {
  const paths = readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .sort();
  const { metafile, outputFiles } = await build({
    absWorkingDir: sourceFolder,
    entryPoints: paths,
    outdir: '/nowhere',
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    define: Object.fromEntries(GLOBALS.map((name) => [name, `$${name}`])),
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    plugins: [everyImport],
  });
  return paths.map((path) => {
    const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === path);
    const code = outputFiles.find((file) => file.path === join('/nowhere', path.replace(/\.ts$/, '.js')))?.text;
    if (!output || code === undefined) throw new Error(`esbuild left out src/${path}`);
    const source = readFileSync(join(sourceFolder, path), 'utf8');
    return {
      path,
      lines: source.split('\n').length - 1,
      imports: (metafile.inputs[path]?.imports ?? []).map((entry) => named(path, entry.original ?? entry.path)),
      exports: output.exports,
      reexports: /^export (?:type )?(?:\*|\{[^}]*\}) from/m.test(source),
      code,
    };
  });
}
