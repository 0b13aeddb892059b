import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
} from 'yaml';
import type { SpecPath } from './problem.ts';

/** Offset of the key or the list item at the path; of the nearest one above it if there is none. */
export function offsetOf(document: Document, path: SpecPath): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    const [place, value] = stepInto(resolve(node, document), step);
    if (place === undefined) return offset;
    offset = startOf(place) ?? offset;
    node = value;
  }
  return offset;
}

/** The node that says where a step leads (a key or an item), and the value there. */
function stepInto(node: unknown, step: string | number): readonly [place: unknown, value: unknown] {
  if (isSeq(node) && typeof step === 'number') return [node.items[step], node.items[step]];
  if (!isMap(node)) return [undefined, undefined];
  // Of a key that stands twice the last one counts.
  const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === String(step));
  return [pair?.key, pair?.value];
}

/** The path to the last of these nodes, each of which is the parent of the next one. */
export function pathOf(chain: readonly unknown[]): SpecPath {
  return chain.flatMap((parent, index): SpecPath => {
    const child = chain[index + 1];
    if (isSeq(parent) && child !== undefined) return [parent.items.indexOf(child)];
    return isPair(parent) && isScalar(parent.key) ? [String(parent.key.value)] : [];
  });
}

/** The path of the key that starts at the offset, or whose value does; empty if there is none. */
export function pathOfPairAt(document: Document, offset: number): SpecPath {
  let path: SpecPath = [];
  visit(document, {
    Pair(_key, pair: Pair, ancestors) {
      if (startOf(pair.key) !== offset && startOf(pair.value) !== offset) return undefined;
      path = pathOf([...ancestors, pair]);
      return visit.BREAK;
    },
  });
  return path;
}

/** Start of the innermost quoted text, list in brackets or map in braces that is still open at the offset. */
export function openedBefore(document: Document, offset: number): number {
  let start = offset;
  visit(document, {
    Node(_key, node: Node) {
      const [from = 0, , to = 0] = node.range ?? [];
      const delimited = isCollection(node) ? node.flow : isScalar(node) && node.type?.startsWith('QUOTE');
      if (delimited && from < offset && offset <= to) start = from;
    },
  });
  return start;
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

const resolve = (node: unknown, document: Document): unknown => (isAlias(node) ? node.resolve(document) : node);
