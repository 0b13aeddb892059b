import type { Terminal } from '../world.ts';

/**
 * A reader that has seen enough (`hotlookup render --check | head`) closes the pipe: that is no failure. Nor is a terminal
 * that is gone (EIO): what is being undone then must not be cut short.
 */
function ignoreLostReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && !(error.code === 'EIO' && stream.isTTY)) throw error;
  });
}

/** The process's own streams. */
export function createTerminal(): Terminal {
  const { stdout, stderr } = process;
  ignoreLostReader(stdout);
  ignoreLostReader(stderr);
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    color: stdout.isTTY === true && !process.env['NO_COLOR'],
    columns: stdout.columns,
  };
}
