import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

const PACKAGE_FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENSE_FILE = /^(licen[cs]e|copying)(\.|$)/i;

/** Folders of the packages that went into a bundle, sorted, relative to the project. */
function bundledPackages(metafile: Metafile): string[] {
  const used = Object.values(metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => PACKAGE_FOLDER.exec(path)?.[0]),
  );
  return [...new Set(used)].filter((folder) => folder !== undefined).sort();
}

function notice(root: string, folder: string): string {
  const manifest: { name: string; version: string; license?: string } = JSON.parse(
    readFileSync(join(root, folder, 'package.json'), 'utf8'),
  );
  const file = readdirSync(join(root, folder))
    .sort()
    .find((name) => LICENSE_FILE.test(name));
  const text = file ? readFileSync(join(root, folder, file), 'utf8') : '';
  const body = text.replace(/\r\n/g, '\n').trim();
  return `${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})\n\n${body}`.trim();
}

/** The licence texts of every package whose code a bundle contains: MIT and its relatives ask that they travel with it. */
export function thirdPartyNotices(root: string, metafile: Metafile): string {
  const notices = bundledPackages(metafile).map((folder) => notice(root, folder));
  return ['This file contains code of the following packages.', ...notices].join(`\n\n${'-'.repeat(72)}\n\n`);
}
