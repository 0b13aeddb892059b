/** One message of PostgreSQL's protocol: its type byte (empty for those before the login) and all its bytes. */
export type Frame = { readonly type: string; readonly bytes: Buffer };

/** Version 3 of the protocol: the StartupMessage's. SSLRequest has another number in its place. */
const VERSION = 3;

/** Cuts what one side sends into messages as they complete. A client begins with messages that have no type byte. */
export function createFramer(side: 'client' | 'server'): (chunk: Buffer) => Frame[] {
  let rest: Buffer = Buffer.alloc(0);
  let header = side === 'client' ? 0 : 1;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    while (rest.length >= header + 4) {
      const end = header + rest.readUInt32BE(header);
      if (rest.length < end) break;
      frames.push({ type: rest.toString('latin1', 0, header), bytes: rest.subarray(0, end) });
      if (header === 0 && rest.readUInt16BE(4) === VERSION) header = 1;
      rest = rest.subarray(end);
    }
    return frames;
  };
}

/** The SQL of a Query message. */
export function sqlOf({ bytes }: Frame): string {
  return bytes.toString('utf8', 5, bytes.length - 1);
}

/** A Query message. */
export function queryFrame(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const frame = Buffer.alloc(5 + text.length);
  frame.write('Q');
  frame.writeUInt32BE(4 + text.length, 1);
  text.copy(frame, 5);
  return frame;
}
