import { EXIT_MEANINGS } from '../errors.ts';
import { HOST_KINDS, SET_KINDS } from '../render/artifacts.ts';
import { render } from '../render/render.ts';
import { specTable } from '../spec/reference.ts';
import { specSchema } from '../spec/schema.ts';
import type { Blocks } from './blocks.ts';
import { ROOMS } from './import-table/table.ts';

/** The generated blocks of each document that has some, by the document's path and the block's name. */
export const DOCUMENT_BLOCKS: Readonly<Record<string, Blocks>> = {
  'README.md': { spec: specTable, tree: treeTable, 'exit-codes': exitCodeTable },
  'src/README.md': { imports: importTable },
  'templates/README.md': { templates: templateTable },
};

function exitCodeTable(): string {
  return table(
    ['Code', 'Meaning'],
    EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning]),
  );
}

/** Paths, modes and purposes do not depend on the helper's bundle, so an empty one will do. */
function treeTable(): string {
  return table(
    ['Path in `generated/`', 'Mode', 'Purpose'],
    render(specSchema.parse({}), '').map(({ path, mode, purpose }) => [`\`${path}\``, mode, purpose]),
  );
}

function importTable(): string {
  const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ') || 'nothing';
  return table(
    ['`src/` …', 'holds', 'may import', 'and of packages and Node'],
    Object.entries(ROOMS).map(([room, { purpose, rooms, packages }]) => [
      `\`${room}\``,
      purpose,
      code(rooms),
      code(packages),
    ]),
  );
}

function templateTable(): string {
  const rows = [
    ...HOST_KINDS.map(({ template, purpose }) => ({ template, per: 'spec', purpose })),
    ...SET_KINDS.map(({ template, purpose }) => ({ template, per: 'partition set', purpose })),
  ];
  return table(
    ['Template', 'One file per', 'Purpose'],
    rows.map(({ template, per, purpose }) => [`\`${template}.hbs\``, per, purpose]),
  );
}

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [head, head.map(() => '---'), ...rows].map(line).join('');
}
