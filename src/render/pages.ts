import { basename } from 'node:path/posix';
import type { Spec } from '../spec/schema.ts';
import type { Artifact } from './artifact.ts';
import { HOST_KINDS, type HostKind, SET_KINDS, type SetKind } from './artifacts.ts';
import { hostView } from './host-view.ts';
import { markerOf } from './marker.ts';
import { type BookView, type SetView, setView } from './set-view.ts';

/** An artifact that is still to be filled in: its template, and what the template will see. */
export type Page = Omit<Artifact, 'contents'> & { readonly template: string; readonly view: object };

const marked = (template: string, view: object) => ({
  ...view,
  marker: markerOf(`templates/${template}.hbs`, 'the spec (or that template)'),
});

function hostPage(book: BookView, kind: HostKind): Page | undefined {
  const { template, path, purpose, installed } = kind;
  const view = kind.view(book);
  if (!view) return undefined;
  return {
    path: path(book),
    mode: '0644',
    purpose,
    installed: installed(book),
    template,
    view: marked(template, view),
  };
}

function setPage(set: SetView, kind: SetKind): Page | undefined {
  const { template, mode, purpose, folder } = kind;
  const view = kind.view(set);
  if (!view) return undefined;
  const path = kind.path?.(set) || template.replace('SET', set.set);
  const installed = folder ? { path: `${set[folder]}/${basename(path)}`, mode } : null;
  return { path, mode, purpose, installed, template, view: marked(template, view) };
}

/** Every file that the spec asks for and a template makes, in no order that matters. */
export function pages(spec: Spec): Page[] {
  const host = hostView(spec);
  const sets = spec.partitionSets.map((set) => setView(host, spec, set));
  const book = { ...host, sets };
  const hostPages = HOST_KINDS.map((kind) => hostPage(book, kind));
  const setPages = sets.flatMap((set) => SET_KINDS.map((kind) => setPage(set, kind)));
  return [...hostPages, ...setPages].filter((page) => page !== undefined);
}
