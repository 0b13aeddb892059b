import type { Terminal } from '../world.ts';

/** A reader that has seen enough (`hotlookup render --check | head`) closes the pipe: that is no failure. */
function ignoreClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** The process's own streams. */
export function createTerminal(): Terminal {
  const { stdout, stderr } = process;
  ignoreClosedPipe(stdout);
  ignoreClosedPipe(stderr);
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    color: stdout.isTTY === true && !process.env['NO_COLOR'],
    columns: stdout.columns,
  };
}
