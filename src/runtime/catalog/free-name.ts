/** PostgreSQL's limit for a name, in bytes. */
const NAME_BYTES = 63;

/** A name that no other relation has: the old one, cut if need be, with its OID behind. */
export function freeName(name: string, oid: number): string {
  const suffix = `_${oid}`;
  let kept = name;
  while (Buffer.byteLength(kept) + suffix.length > NAME_BYTES) kept = [...kept].slice(0, -1).join('');
  return `${kept}${suffix}`;
}

/** The name that a table had before `freeName` gave it another one. */
export const earlierName = ({ name, oid }: { readonly name: string; readonly oid: number }): string =>
  name.endsWith(`_${oid}`) ? name.slice(0, -`_${oid}`.length) : name;
