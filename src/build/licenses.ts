import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundledPackage } from './packages.ts';

const LICENSE_FILE = /^(licen[cs]e|copying)(\.|$)/i;

function notice({ name, version, folder }: BundledPackage): string {
  const { license = 'see below' }: { license?: string } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const file = readdirSync(folder)
    .sort()
    .find((name) => LICENSE_FILE.test(name));
  const text = file ? readFileSync(join(folder, file), 'utf8') : '';
  return `${name} ${version} (${license})\n\n${text.replace(/\r\n/g, '\n').trim()}`.trim();
}

/** The licence texts of every package whose code a bundle contains: MIT and its relatives ask that they travel with it. */
export function thirdPartyNotices(packages: readonly BundledPackage[]): string {
  return ['This file contains code of the following packages.', ...packages.map(notice)].join(
    `\n\n${'-'.repeat(72)}\n\n`,
  );
}
