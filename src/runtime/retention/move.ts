import { freeName } from '../catalog/free-name.ts';
import { HOLDING_SCHEMA } from '../catalog/grace.ts';
import { renameSql, setSchemaSql } from '../shared/ddl.ts';
import type { Part } from './details.ts';

/** How a table and its parts get to the holding schema. */
export type Move = {
  /** In their order, the table among them. `isDue`: the name is taken there; else the statement is for a name that is taken meanwhile. */
  readonly renames: ReadonlyArray<{ readonly oid: number; readonly sql: string; readonly isDue: boolean }>;
  /** By whether the table itself was renamed before. */
  readonly setSchema: { readonly asIs: string; readonly renamed: string };
  /** The table's names there. */
  readonly name: { readonly asIs: string; readonly renamed: string };
  readonly isTableRenamed: boolean;
};

/** Plans a move; `taken` are the names in the holding schema, and gets those that this move adds. */
export function planMove(oid: number, parts: readonly Part[], taken: Set<string>): Move {
  const table = parts.find((part) => part.oid === oid);
  if (!table) throw new Error(`the table ${oid} is not among its own parts`);
  const renames = parts.map((part) => ({
    oid: part.oid,
    sql: renameSql(part.kind, part, freeName(part.name, part.oid)),
    isDue: taken.has(part.name),
  }));
  for (const part of parts) taken.add(taken.has(part.name) ? freeName(part.name, part.oid) : part.name);
  const renamed = freeName(table.name, oid);
  return {
    renames,
    setSchema: {
      asIs: setSchemaSql(table, HOLDING_SCHEMA),
      renamed: setSchemaSql({ schema: table.schema, name: renamed }, HOLDING_SCHEMA),
    },
    name: { asIs: table.name, renamed },
    isTableRenamed: renames.some((rename) => rename.oid === oid && rename.isDue),
  };
}

/** The statements of a move where the names of these parts are taken, and the name that the table gets. */
export function movedBy(
  { renames, setSchema, name }: Move,
  oid: number,
  isTaken: (part: number) => boolean,
): { readonly statements: readonly string[]; readonly name: string } {
  const chosen = renames.filter((rename) => rename.isDue || isTaken(rename.oid));
  const form = chosen.some((rename) => rename.oid === oid) ? 'renamed' : 'asIs';
  return { statements: [...chosen.map(({ sql }) => sql), setSchema[form]], name: name[form] };
}
