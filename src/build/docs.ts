import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jsonSchema } from '../spec/reference.ts';
import { fillBlocks } from './blocks.ts';
import { DOCUMENT_BLOCKS } from './documents.ts';

/** A document that is generated, whole or in blocks: its file and its text, made from the text that it has now. */
type Document = { readonly path: string; readonly text: (current: string) => string };

const DOCUMENTS: readonly Document[] = [
  { path: 'src/spec/hotlookup.schema.json', text: jsonSchema },
  ...Object.entries(DOCUMENT_BLOCKS).map(([path, blocks]) => ({
    path,
    text: (current: string) => fillBlocks(current, blocks),
  })),
];

const ROOT = new URL('../../', import.meta.url);

/** Writes the documents that are not as they should be, or with `--check` names them and sets exit code 1. */
function main(isCheck: boolean): void {
  for (const { path, text } of DOCUMENTS) {
    const file = fileURLToPath(new URL(path, ROOT));
    const current = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const wanted = text(current);
    if (wanted === current) continue;
    if (isCheck) {
      process.exitCode = 1;
      console.error(`${path} is not current; run: npm run docs`);
    } else {
      writeFileSync(file, wanted);
      console.log(`wrote ${path}`);
    }
  }
}

main(process.argv.includes('--check'));
